// Package startup makes the program start faster: the packages that it imports
// allocate 9 MB while they are initialized, which is enough for two garbage
// collections, half of the time of a short command.
package startup

import (
	"runtime/debug"
	"time"
)

// relaxed is the garbage collection target while the program starts, in percent.
// The first collection then happens at 32 MiB.
const relaxed = 800

// usual is Go's default.
const usual = 100

// duration is how long short commands take at most. Longer ones collect garbage as
// usual, so that they need no more memory.
const duration = 2 * time.Second

// This package imports little, so it is initialized before those that allocate.
var isRelaxed = relax()

// relax reports whether it relaxed the garbage collection. What the user set with
// GOGC stays.
func relax() bool {
	before := debug.SetGCPercent(relaxed)
	if before != usual {
		debug.SetGCPercent(before)
	}
	return before == usual
}

// Begin ends the relaxed garbage collection after the time that short commands take.
func Begin() {
	if isRelaxed {
		time.AfterFunc(duration, func() { debug.SetGCPercent(usual) })
	}
}
