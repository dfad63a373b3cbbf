// Package importer turns the values of a release or of a values file into
// answers.
package importer
