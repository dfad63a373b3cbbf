package chart

import (
	"syscall"
	"time"
)

// dataLimit is far above renderMemory, because it includes what the runtime reserves.
const dataLimit = 512 << 20

// limitMemory lets the kernel refuse an allocation that asks for very much at once.
func limitMemory() {
	limit := syscall.Rlimit{Cur: dataLimit, Max: dataLimit}
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &limit)
}

// cpuTime is how long this process has computed.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
