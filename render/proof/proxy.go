package proof

import (
	"slices"
	"strings"
)

// TrustsProxyHeaders reports whether a variable or argument enables proxy
// headers, as those of uvicorn do.
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

// Mentions reports whether a variable or an argument of the container equals
// text.
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

// NoProxy proves that hosts bypass the proxy in the pods.
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
