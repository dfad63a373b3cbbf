package chart

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// growthLimit is above renderMemory, because Go reserves more than it uses, in steps of
// 64 MiB.
const growthLimit = 3 * renderMemory

// limitMemory lets the kernel refuse an allocation that asks for very much at once.
// The limit includes what Go has reserved when the process started.
func limitMemory() {
	var pages uint64
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return
	}
	if _, err := fmt.Sscan(string(statm), &pages); err != nil {
		return
	}
	most := pages*uint64(os.Getpagesize()) + growthLimit //nolint:gosec // a page has a positive size
	_ = syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: most, Max: most})
}

// cpuTime is how long this process has computed.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
