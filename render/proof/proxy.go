package proof

import (
	"slices"
	"strings"
)

// TrustsProxyHeaders looks for variables and arguments such as uvicorn's own.
func TrustsProxyHeaders(p *Pod) bool {
	for _, e := range p.Main.Env {
		if strings.Contains(e.Name, "FORWARDED") || strings.Contains(e.Name, "PROXY_HEADERS") {
			return true
		}
	}
	for _, arg := range append(p.Main.Command, p.Main.Args...) {
		if strings.Contains(arg, "--proxy-headers") || strings.Contains(arg, "--forwarded-allow-ips") {
			return true
		}
	}
	return false
}

// Mentions reports whether a variable or an argument of the container reads text.
func (p *Pod) Mentions(text string) bool {
	for _, e := range p.Main.Env {
		if e.Value == text {
			return true
		}
	}
	for _, arg := range append(p.Main.Command, p.Main.Args...) {
		if strings.Contains(arg, text) {
			return true
		}
	}
	return false
}

// NoProxy proves that the pods reach hosts without the proxy.
func NoProxy(hosts []string) Proof {
	return Proof{Claim: "NO_PROXY names " + strings.Join(hosts, ", "), Holds: func(v *View) bool {
		return v.All(func(p *Pod) bool {
			upper, lower := strings.Split(v.value(p, "NO_PROXY"), ","), strings.Split(v.value(p, "no_proxy"), ",")
			return !slices.ContainsFunc(
				hosts,
				func(h string) bool { return !slices.Contains(upper, h) || !slices.Contains(lower, h) },
			)
		})
	}}
}
