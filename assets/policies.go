// Package assets holds what is embedded in the program.
package assets

import "embed"

// Policies are the rights that each secrets store must give to the server, as
// text/template templates, one file a provider.
//
//go:embed policies/*.tmpl
var Policies embed.FS
