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

// Format is a form in which an installation can be handed to another tool.
type Format string

// The formats. None contains a plain secret except the values file of a chart
// that accepts one only there, and the second file of the manifests. Raw values
// can put one into the first file, which then says so.
const (
	Values    Format = "values"    // the chart's values file
	Manifests Format = "manifests" // the rendered objects, their Secrets apart
	ArgoCD    Format = "argocd"    // an Application of Argo CD
	Flux      Format = "flux"      // an OCIRepository and a HelmRelease of Flux
	Terraform Format = "terraform" // a helm_release of Terraform
	Helmfile  Format = "helmfile"  // a helmfile
)

// All lists the formats in the order in which they are documented.
var All = []Format{Values, Manifests, ArgoCD, Flux, Terraform, Helmfile}

// File is one file of a format.
type File struct {
	Name      string // its usual name
	Bytes     []byte
	Sensitive bool // it holds secrets: write it at mode 0600
}

// Rendered is what the format manifests is made of: the objects that the chart
// rendered from the document, and the Secrets that the installer would create.
type Rendered struct {
	Objects []manifest.Object
	Secrets []corev1.Secret
}

// Files writes the installation in a format. Only manifests look at r. The
// error is answers.Faults when the format cannot do what the chart needs.
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

// notInNames is what the name of a variable cannot have.
var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

// variableOf is the name of the variable that holds a secret value.
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

// preface is the comment over a format's file: what must be there first, and
// what is different without a cluster to look into.
func preface(d values.Document, what string) string {
	lines := append([]string{what}, d.NeedLines()...)
	if len(d.Ours()) > 0 {
		lines = append(lines, "zenml-installer generate prints the commands that create them.")
	}
	return "# " + strings.Join(lines, "\n# ") + "\n"
}

// newKeys warns of keys that the chart generates again whenever it is rendered
// without a cluster to look into.
func newKeys(d values.Document) string {
	if !d.Answers().Server.Auth.JWTSecretKey.IsZero() {
		return ""
	}
	return "# Without server.auth.jwtSecretKey in the answers the chart makes a new token key whenever it is\n" +
		"# rendered without a cluster to look into, and everybody is logged out.\n"
}
