// Package binding lists the answers that are one chart value each. Package
// values writes them and package importer reads them back, so that a new one is
// one row.
package binding
