// Package prerequisite knows what exposing a server can require in the cluster: the
// charts that the installer installs with the user's consent, and how to recognize
// what is installed already.
package prerequisite
