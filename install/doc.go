// Package install installs, upgrades and removes a release in a cluster. Start
// reading at Engine.Apply.
//
//	event     the events of an install
//	watch     watches the release's objects while Helm works
//	diagnose  identifies what failed, one row per fault
//	connect   finds the server's address and forwards a port to it
//
// The functions take a context, return values and report events to an Observer.
// They never print or prompt. Only these packages and render/chart import Helm.
package install
