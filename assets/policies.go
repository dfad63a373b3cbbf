// Package assets contains the files that are embedded in the program.
package assets

import "embed"

// Policies are the permissions that the server needs in each secrets store:
// text/template templates, one per provider.
//
//go:embed policies/*.tmpl
var Policies embed.FS
