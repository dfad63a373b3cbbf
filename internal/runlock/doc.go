// Package runlock locks a release with a Lease in its namespace. A run renews
// its Lease while it works, so that other runs can distinguish a working run
// from a killed one.
package runlock
