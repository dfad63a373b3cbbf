package format

import (
	"fmt"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// Format is an output format for another tool.
type Format string

// The formats. No file contains a secret in plain text, except the values file
// of a chart that accepts one only inline, the second file of the manifests,
// and files with raw values. These are marked as sensitive.
const (
	Values    Format = "values"    // the chart's values file
	Manifests Format = "manifests" // the rendered objects, Secrets separately
	ArgoCD    Format = "argocd"    // an Argo CD Application
	Flux      Format = "flux"      // a Flux OCIRepository and HelmRelease
	Terraform Format = "terraform" // a Terraform helm_release
	Helmfile  Format = "helmfile"  // a helmfile
)

// All lists the formats in the order of the documentation.
var All = []Format{Values, Manifests, ArgoCD, Flux, Terraform, Helmfile}

// File is one file of a format.
type File struct {
	Name      string // default file name
	Bytes     []byte
	Sensitive bool // contains secrets: write with mode 0600
}

// Rendered is the input of the manifests format: the objects that the chart
// rendered, and the Secrets that the installer would create.
type Rendered struct {
	Objects []manifest.Object
	Secrets []corev1.Secret
}

// Files returns the files of a format. Only manifests uses r. The error is
// answers.Faults if the format does not support what the chart needs.
func Files(d values.Document, format Format, r Rendered) ([]File, error) {
	switch format {
	case Values:
		return []File{{Name: "custom-values.yaml", Bytes: d.Bytes, Sensitive: d.Sensitive}}, nil
	case Manifests:
		return manifests(d, r)
	case ArgoCD:
		return argoCD(d)
	case Flux:
		return flux(d)
	case Terraform:
		return terraform(d)
	case Helmfile:
		return helmfile(d)
	}
	names := make([]string, len(All))
	for i, f := range All {
		names[i] = string(f)
	}
	return nil, fmt.Errorf("unknown format %q: use one of %s", format, strings.Join(names, ", "))
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

// variableOf returns the variable name for a secret value.
func variableOf(s values.SecretValue) string {
	path := s.Path
	if len(path) > 1 {
		path = path[1:]
	}
	name := notInNames.ReplaceAllString(tree.Dotted(path), "_")
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return "zenml_" + strings.ToLower(b.String())
}

// preface returns the comment above a file: the prerequisites, and the limits
// of rendering without a cluster.
func preface(d values.Document, what string) string {
	lines := append([]string{what}, d.NeedLines()...)
	if len(d.Ours()) > 0 {
		lines = append(lines, "zenml-installer generate prints the commands that create them.")
	}
	return "# " + strings.Join(lines, "\n# ") + "\n"
}

// newKeys warns about keys that the chart generates again on every rendering
// without a cluster.
func newKeys(d values.Document) string {
	if !d.Answers().Server.Auth.JWTSecretKey.IsZero() {
		return ""
	}
	return "# Without server.auth.jwtSecretKey in the answers the chart makes a new token key whenever it is\n" +
		"# rendered without a cluster to look into, and everybody is logged out.\n"
}
