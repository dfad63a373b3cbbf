// Package install is the only place that knows Helm: it pulls a chart,
// renders it, installs or upgrades a release while it watches the objects
// that come of it, names what goes wrong, connects to the server, and takes
// it all away again.
//
// Its functions take a context, return values and report what happens as
// Events to an Observer. They print nothing and ask nothing.
package install
