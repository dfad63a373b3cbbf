// Package importer converts the values of a release or a values file into
// answers.
package importer
