// Package runlock marks a release as being changed by a run, with a Lease in its
// namespace. A run renews its Lease while it works, so that other runs can
// distinguish a run that is working from one that was killed.
package runlock
