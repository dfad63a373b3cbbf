//go:build !linux

package chart

import "time"

// limitMemory does nothing: only Linux limits the memory that a process uses.
func limitMemory() {}

// cpuTime is 0: elsewhere only the time on the clock limits a rendering.
func cpuTime() time.Duration { return 0 }
