// Package install installs, upgrades and removes a release in a cluster. Start
// reading at Engine.Apply.
//
//	event     what an install reports
//	watch     watches the release's objects while Helm works
//	diagnose  names what is wrong with them, one row a fault
//	connect   finds the server's address and forwards a port to it
//
// The functions take a context, return values and report events to an Observer.
// They never print or prompt. With render/chart these are the only packages that
// know Helm.
package install
