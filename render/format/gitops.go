package format

import (
	"bytes"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// argoCD returns an Argo CD Application. It cannot reference secrets in values,
// and so fails for charts that need them inline.
func argoCD(d values.Document) ([]File, error) {
	if d.Sensitive {
		return nil, refuseSecrets(d, "an Application of Argo CD")
	}
	p, err := chartParamsOf(d)
	if err != nil {
		return nil, err
	}
	application := yamlnode.Map{
		{"apiVersion", "argoproj.io/v1alpha1"},
		{"kind", "Application"},
		{"metadata", yamlnode.Map{{"name", p.Release}, {"namespace", "argocd"}}},
		{"spec", yamlnode.Map{
			{"project", "default"},
			{"source", append(p.argoCD(),
				[2]any{"helm", yamlnode.Map{{"releaseName", p.Release}, {"valuesObject", p.values}}})},
			{"destination", yamlnode.Map{{"server", "https://kubernetes.default.svc"}, {"namespace", p.Namespace}}},
			{"syncPolicy", yamlnode.Map{{"syncOptions", []string{"CreateNamespace=true"}}}},
		}},
	}
	head := preface(d, "ZenML server, as an Application of Argo CD.") + newKeys(d)
	if p.digest != "" {
		head += "# A chart that is pinned by digest needs Argo CD 3.1 or newer.\n"
	}
	return singleFile("application.yaml", head, application)
}

// argoCD returns the chart in an Application. Only its OCI sources accept a digest.
func (p chartParams) argoCD() yamlnode.Map {
	if p.digest != "" {
		return yamlnode.Map{{"repoURL", p.repository + "/" + p.name}, {"path", "."}, {"targetRevision", p.digest}}
	}
	return yamlnode.Map{
		{"repoURL", strings.TrimPrefix(p.repository, "oci://")}, {"chart", p.name}, {"targetRevision", p.version},
	}
}

// flux returns the chart's source and a Flux HelmRelease. Secrets that the
// chart accepts only inline are read from a separate Secret.
func flux(d values.Document) ([]File, error) {
	p, err := chartParamsOf(d)
	if err != nil {
		return nil, err
	}
	metadata := yamlnode.Map{{"name", p.Release}, {"namespace", p.Namespace}}
	repository, chart := p.flux(metadata)
	spec := append(yamlnode.Map{{"interval", "10m"}, {"releaseName", p.Release}}, chart...)
	head := preface(d, "ZenML server, as a HelmRelease of Flux.")
	if d.Sensitive {
		from := p.Release + "-values"
		spec = append(
			spec,
			[2]any{"valuesFrom", []any{yamlnode.Map{{"kind", "Secret"}, {"name", from}, {"valuesKey", "values.yaml"}}}},
		)
		head += fmt.Sprintf(
			"# Secret %s must contain, in key values.yaml, what this chart accepts only as a value: %s.\n",
			from,
			strings.Join(secretNames(d), ", "),
		)
	}
	spec = append(spec, [2]any{"values", p.values})
	release := yamlnode.Map{
		{"apiVersion", "helm.toolkit.fluxcd.io/v2"},
		{"kind", "HelmRelease"},
		{"metadata", metadata},
		{"spec", spec},
	}
	return singleFile("helmrelease.yaml", head, append(namespaceDocuments(d), repository, release)...) // the source and the release are in the namespace
}

func (p chartParams) flux(metadata yamlnode.Map) (repository, chart yamlnode.Map) {
	if p.oci {
		repository = yamlnode.Map{
			{"apiVersion", "source.toolkit.fluxcd.io/v1"},
			{"kind", "OCIRepository"},
			{"metadata", metadata},
			{"spec", yamlnode.Map{
				{"interval", "10m"},
				{"url", p.repository + "/" + p.name},
				{"ref", p.fluxReference()},
				{
					"layerSelector",
					yamlnode.Map{
						{"mediaType", "application/vnd.cncf.helm.chart.content.v1.tar+gzip"},
						{"operation", "copy"},
					},
				},
			}},
		}
		return repository, yamlnode.Map{{"chartRef", yamlnode.Map{{"kind", "OCIRepository"}, {"name", p.Release}}}}
	}
	repository = yamlnode.Map{
		{"apiVersion", "source.toolkit.fluxcd.io/v1"},
		{"kind", "HelmRepository"},
		{"metadata", metadata},
		{"spec", yamlnode.Map{
			{"interval", "10m"}, {"url", p.repository},
		}},
	}
	return repository, yamlnode.Map{{"chart", yamlnode.Map{{"spec", yamlnode.Map{
		{
			"chart",
			p.name,
		}, {"version", p.version}, {"sourceRef", yamlnode.Map{{"kind", "HelmRepository"}, {"name", p.Release}}},
	}}}}}
}

// fluxReference is the digest that the answers pin, or the version.
func (p chartParams) fluxReference() yamlnode.Map {
	if p.digest != "" {
		return yamlnode.Map{{"digest", p.digest}}
	}
	return yamlnode.Map{{"tag", p.version}}
}

// singleFile encodes documents into one file.
func singleFile(name, head string, documents ...yamlnode.Map) ([]File, error) {
	out := bytes.NewBufferString(head)
	for _, document := range documents {
		if err := appendOrdered(out, document); err != nil {
			return nil, err
		}
	}
	return []File{{Name: name, Bytes: out.Bytes()}}, nil
}

func appendOrdered(out *bytes.Buffer, document yamlnode.Map) error {
	node, err := document.Node()
	if err != nil {
		return err
	}
	body, err := yamlnode.Encode(node)
	out.WriteString("---\n")
	out.Write(body)
	return err
}

// namespaceDocuments returns the Namespace, or nothing for "default", which
// always exists.
func namespaceDocuments(d values.Document) []yamlnode.Map {
	name := d.Answers().Cluster.Namespace
	if name == metav1.NamespaceDefault {
		return nil
	}
	return []yamlnode.Map{{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", yamlnode.Map{{"name", name}}}}}
}

func refuseSecrets(d values.Document, what string) error {
	var faults answers.Faults
	for _, s := range d.SecretValues() {
		faults = append(faults, refuseSecret(d.Chart(), s, what))
	}
	return faults
}

// secretNames returns the dotted paths of the secrets in the values.
func secretNames(d values.Document) []string {
	var names []string
	for _, s := range d.SecretValues() {
		names = append(names, strings.Join(strings.Fields(tree.Dotted(s.Path)), " "))
	}
	return names
}

func refuseSecret(c chartinfo.Info, s values.SecretValue, what string) answers.Fault {
	if s.Raw {
		return answers.Fault{
			Key:     values.RawAnswer,
			Summary: fmt.Sprintf("%s may be a secret, and %s cannot contain secrets", tree.Dotted(s.Path), what),
			Remedy:  "remove it and set its answer instead (server.secretEnvironment, database.mysql.password, …), or use another format",
		}
	}
	return answers.Fault{Key: s.Answer,
		Summary: fmt.Sprintf(
			"%s accepts it only as a value (%s), and %s cannot contain secrets",
			c,
			tree.Dotted(s.Path),
			what,
		),
		Remedy: "use a chart that is " + chartinfo.VersionsWith(
			"environmentSecretKeyRefs",
		) + " (chart.version), or another format"}
}
