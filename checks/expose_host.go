package checks

import (
	"context"
	"fmt"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func exposeHost(ctx context.Context, e *Env) (string, error) {
	host := e.Answers.Expose.Host
	if host.IsZero() && e.byIngress() && e.certificateMode() != answers.CertOff {
		return "", &Fault{
			Found:  "a certificate is asked for (expose.tls.mode " + e.certificateMode() + "), and there is no host to make it out to",
			Remedy: "expose: {host: zenml.example.com}", Why: "the chart renders a host of null, which the API server refuses",
		}
	}
	if !host.IsZero() {
		if fault := hostFault("expose.host", host.String()); fault != nil {
			return "", fault
		}
	}
	if err := e.renderedHosts(ctx); err != nil {
		return "", err
	}
	switch {
	case host.NipIO:
		return "a name under nip.io, made from the controller's address", nil
	case host.IsZero():
		return "none: every name that leads to the controller is taken", nil
	}
	return host.Name, nil
}

// hostFault holds a host to the rule of the answer expose.host.
func hostFault(where, host string) *Fault {
	field, ok := answers.FieldByKey("expose.host")
	if !ok || field.Check == nil {
		return nil
	}
	problem, remedy := field.Check(host)
	if problem == "" {
		return nil
	}
	return &Fault{Found: where + ": " + problem, Remedy: remedy}
}

// renderedHosts judges the hosts that the chart really renders: raw values may
// have changed them. Where nothing is rendered there is nothing to judge.
func (e *Env) renderedHosts(ctx context.Context) error {
	if e.Rendered == nil {
		return nil
	}
	rendered, err := e.rendered(ctx)
	if err != nil {
		return nil //nolint:nilerr // supply.render reports it
	}
	for _, o := range rendered.Objects {
		where := fmt.Sprintf("the rendered %s %s", o.GetKind(), o.GetName())
		for _, host := range routeHosts(o) {
			if host == "" {
				return &Fault{Found: where + " has TLS without a host", Remedy: "expose: {host: zenml.example.com}"}
			}
			if fault := hostFault(where, host); fault != nil {
				return fault
			}
		}
	}
	return nil
}

// routeHosts returns the hosts of an Ingress or HTTPRoute; a host of null is
// an empty one.
func routeHosts(o manifest.Object) []string {
	var hosts []string
	switch o.GetKind() {
	case "HTTPRoute":
		hosts = texts(items(o.UnstructuredContent(), "spec", "hostnames"))
	case "Ingress":
		for _, rule := range items(o.UnstructuredContent(), "spec", "rules") {
			if m, ok := rule.(map[string]any); ok && m["host"] != nil {
				hosts = append(hosts, texts([]any{m["host"]})...)
			}
		}
		for _, tls := range items(o.UnstructuredContent(), "spec", "tls") {
			if m, ok := tls.(map[string]any); ok {
				hosts = append(hosts, texts(items(m, "hosts"))...)
			}
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}
