package expose

import (
	"context"
	"fmt"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func checkHost(ctx context.Context, e *check.Env) (string, error) {
	host := e.Answers.Expose.Host
	if host.IsZero() && byIngress(e) && certificateMode(e) != answers.CertOff {
		return "", &check.Fault{
			Summary: "expose.tls.mode is " + certificateMode(e) + ", but there is no host for the certificate",
			Remedy:  "expose: {host: zenml.example.com}",
			Reason:  "the chart renders a null host, which the API server rejects",
		}
	}
	if !host.IsZero() {
		if fault := hostFault("expose.host", host.String()); fault != nil {
			return "", fault
		}
	}
	if err := renderedHosts(ctx, e); err != nil {
		return "", err
	}
	switch {
	case host.NipIO:
		return "a nip.io name with the controller's address", nil
	case host.IsZero():
		return "none: the route accepts every host name", nil
	}
	return host.Name, nil
}

// hostFault checks a host by the rule of the answer expose.host.
func hostFault(where, host string) *check.Fault {
	field, ok := answers.FieldByKey("expose.host")
	if !ok || field.Check == nil {
		return nil
	}
	problem, remedy := field.Check(host)
	if problem == "" {
		return nil
	}
	return &check.Fault{Summary: where + ": " + problem, Remedy: remedy}
}

// renderedHosts checks the rendered hosts, which raw values can change.
func renderedHosts(ctx context.Context, e *check.Env) error {
	if e.Rendered == nil {
		return nil
	}
	rendered, err := e.Render(ctx)
	if err != nil {
		return nil //nolint:nilerr // supply.render reports it
	}
	for _, o := range rendered.Objects {
		where := fmt.Sprintf("the rendered %s %s", o.GetKind(), o.GetName())
		for _, host := range routeHosts(o) {
			if host == "" {
				return &check.Fault{
					Summary: where + " has TLS without a host",
					Remedy:  "expose: {host: zenml.example.com}",
				}
			}
			if fault := hostFault(where, host); fault != nil {
				return fault
			}
		}
	}
	return nil
}

// routeHosts returns the hosts of an Ingress or HTTPRoute; a null host is empty.
func routeHosts(o manifest.Object) []string {
	var hosts []string
	switch o.GetKind() {
	case "HTTPRoute":
		hosts = release.Strings(release.Items(o.UnstructuredContent(), "spec", "hostnames"))
	case "Ingress":
		for _, rule := range release.Items(o.UnstructuredContent(), "spec", "rules") {
			if m, ok := rule.(map[string]any); ok && m["host"] != nil {
				hosts = append(hosts, release.Strings([]any{m["host"]})...)
			}
		}
		for _, tls := range release.Items(o.UnstructuredContent(), "spec", "tls") {
			if m, ok := tls.(map[string]any); ok {
				hosts = append(hosts, release.Strings(release.Items(m, "hosts"))...)
			}
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}
