package chart

import "syscall"

// dataLimit is far above renderMemory, because it includes what the runtime reserves.
const dataLimit = 512 << 20

// limitMemory lets the kernel refuse an allocation that asks for very much at once.
func limitMemory() {
	limit := syscall.Rlimit{Cur: dataLimit, Max: dataLimit}
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &limit)
}
