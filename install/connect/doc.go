// Package connect finds and connects to a server: the address of a release, a
// port-forward that survives pod replacement, and waiting until the server
// responds.
package connect
