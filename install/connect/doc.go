// Package connect finds and opens the ways to a server: the address at which a
// release is reached, a port-forward that survives replaced pods, and the wait
// until the server answers.
package connect
