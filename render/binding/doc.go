// Package binding lists the answers that are one chart value each. Package
// values writes them and package importer reads them back, so that adding one
// needs one row.
package binding
