//go:build !linux

package chart

// limitMemory does nothing: only Linux limits the memory that a process uses.
func limitMemory() {}
