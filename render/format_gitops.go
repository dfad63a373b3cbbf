package render

import (
	"bytes"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chart"
)

// argoCD writes an Application of Argo CD. It has no place for a secret, and
// so refuses a chart that takes one only in its values.
func argoCD(d Document) ([]File, error) {
	if d.Sensitive {
		return nil, refuseSecrets(d, "an Application of Argo CD")
	}
	p, err := partsOf(d)
	if err != nil {
		return nil, err
	}
	application := ordered{
		{"apiVersion", "argoproj.io/v1alpha1"},
		{"kind", "Application"},
		{"metadata", ordered{{"name", p.Release}, {"namespace", "argocd"}}},
		{"spec", ordered{
			{"project", "default"},
			{"source", ordered{
				{"repoURL", strings.TrimPrefix(p.repository, "oci://")},
				{"chart", p.name},
				{"targetRevision", p.version},
				{"helm", ordered{{"releaseName", p.Release}, {"valuesObject", p.values}}},
			}},
			{"destination", ordered{{"server", "https://kubernetes.default.svc"}, {"namespace", p.Namespace}}},
			{"syncPolicy", ordered{{"syncOptions", []string{"CreateNamespace=true"}}}},
		}},
	}
	return one(d, "application.yaml", preface(d, "ZenML server, as an Application of Argo CD.")+newKeys(d), application)
}

// flux writes the chart's source and a HelmRelease of Flux. Secrets that the
// chart takes only in its values are read from a Secret of their own.
func flux(d Document) ([]File, error) {
	p, err := partsOf(d)
	if err != nil {
		return nil, err
	}
	metadata := ordered{{"name", p.Release}, {"namespace", p.Namespace}}
	repository, chart := p.flux(metadata)
	spec := append(ordered{{"interval", "10m"}, {"releaseName", p.Release}}, chart...)
	head := preface(d, "ZenML server, as a HelmRelease of Flux.")
	if d.Sensitive {
		from := p.Release + "-values"
		spec = append(spec, [2]any{"valuesFrom", []any{ordered{{"kind", "Secret"}, {"name", from}, {"valuesKey", "values.yaml"}}}})
		head += fmt.Sprintf("# Secret %s holds, under values.yaml, what this chart takes only as a value: %s.\n", from, strings.Join(secretNames(d), ", "))
	}
	spec = append(spec, [2]any{"values", p.values})
	release := ordered{{"apiVersion", "helm.toolkit.fluxcd.io/v2"}, {"kind", "HelmRelease"}, {"metadata", metadata}, {"spec", spec}}
	return one(d, "helmrelease.yaml", head, append(namespaceDocuments(d), repository, release)...) // they live in it
}

func (p parts) flux(metadata ordered) (repository, chart ordered) {
	if p.oci {
		repository = ordered{{"apiVersion", "source.toolkit.fluxcd.io/v1"}, {"kind", "OCIRepository"}, {"metadata", metadata}, {"spec", ordered{
			{"interval", "10m"},
			{"url", p.repository + "/" + p.name},
			{"ref", ordered{{"tag", p.version}}},
			{"layerSelector", ordered{{"mediaType", "application/vnd.cncf.helm.chart.content.v1.tar+gzip"}, {"operation", "copy"}}},
		}}}
		return repository, ordered{{"chartRef", ordered{{"kind", "OCIRepository"}, {"name", p.Release}}}}
	}
	repository = ordered{{"apiVersion", "source.toolkit.fluxcd.io/v1"}, {"kind", "HelmRepository"}, {"metadata", metadata}, {"spec", ordered{
		{"interval", "10m"}, {"url", p.repository},
	}}}
	return repository, ordered{{"chart", ordered{{"spec", ordered{
		{"chart", p.name}, {"version", p.version}, {"sourceRef", ordered{{"kind", "HelmRepository"}, {"name", p.Release}}},
	}}}}}
}

// one writes documents into one file.
func one(d Document, name, head string, documents ...ordered) ([]File, error) {
	out := bytes.NewBufferString(head)
	for _, document := range documents {
		if err := appendOrdered(out, document); err != nil {
			return nil, err
		}
	}
	return []File{{Name: name, Bytes: out.Bytes()}}, nil
}

func appendOrdered(out *bytes.Buffer, document ordered) error {
	node, err := document.node()
	if err != nil {
		return err
	}
	body, err := encode(node)
	out.WriteString("---\n")
	out.Write(body)
	return err
}

// namespace is the Namespace that everything goes into; none for the one that
// every cluster has.
func namespaceDocuments(d Document) []ordered {
	name := d.Answers().Cluster.Namespace
	if name == metav1.NamespaceDefault {
		return nil
	}
	return []ordered{{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", ordered{{"name", name}}}}}
}

func refuseSecrets(d Document, what string) error {
	var faults answers.Faults
	for _, s := range d.SecretValues() {
		faults = append(faults, refuseSecret(d.Chart(), s, what))
	}
	return faults
}

// secretNames names the secrets among the values by their paths.
func secretNames(d Document) []string {
	var names []string
	for _, s := range d.SecretValues() {
		names = append(names, strings.Join(strings.Fields(dotted(s.Path)), " "))
	}
	return names
}

func refuseSecret(c chart.Info, s SecretValue, what string) answers.Fault {
	if s.Raw {
		return answers.Fault{Key: rawAnswer, Problem: fmt.Sprintf("%s is or may be a secret, and %s has no place for one", dotted(s.Path), what),
			Remedy: "take it out: name a Secret where the chart takes a reference, give the answer that it belongs to (server.secretEnvironment, database.mysql.password, …), or use another format"}
	}
	return answers.Fault{Key: s.Answer,
		Problem: fmt.Sprintf("%s takes it only as a value (%s), and %s has no place for a secret", c, dotted(s.Path), what),
		Remedy:  "use a chart that is " + chartsWith("environmentSecretKeyRefs") + " (chart.version), or another format"}
}
