package network

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func checkProxy(ctx context.Context, e *check.Env) (string, error) {
	for key, proxy := range map[string]string{
		"proxy.http": e.Answers.Proxy.HTTP, "proxy.https": e.Answers.Proxy.HTTPS,
	} {
		if u, err := url.Parse(proxy); err == nil && (u.Hostname() == "localhost" || check.IsLoopback(u.Hostname())) {
			return "", &check.Fault{
				Summary: fmt.Sprintf("%s is %s, which is the pod itself inside a pod", key, u.Redacted()),
				Remedy:  "set " + key + " to an address that pods can reach",
			}
		}
	}
	excluded := noProxy(ctx, e)
	if fault := malformed(excluded); fault != nil {
		return "", fault
	}
	var missing []string
	for _, target := range directTargets(e) {
		if !bypasses(excluded, target) {
			missing = append(missing, target)
		}
	}
	if len(missing) > 0 {
		return "", notExcluded(missing, "the proxy usually cannot reach them")
	}
	ranges, err := clusterRanges(ctx, e)
	if err != nil {
		return "", err
	}
	for _, r := range ranges {
		if !bypassesRange(excluded, r) {
			missing = append(missing, r.String())
		}
	}
	if len(missing) > 0 {
		return "", notExcluded(missing, "requests to the IP addresses of pods and Services would go to the proxy")
	}
	return fmt.Sprintf("%d hosts, domains and ranges bypass it", len(excluded)), nil
}

func notExcluded(missing []string, why string) *check.Fault {
	return &check.Fault{
		Warn: true, Summary: "not excluded from the proxy: " + check.JoinAnd(missing), Reason: why,
		Remedy: "add them to proxy.noProxy: proxy: {noProxy: [" + strings.Join(missing, ", ") + "]}",
	}
}

// noProxy returns NO_PROXY of the rendered server, or of the answers if nothing
// was rendered.
func noProxy(ctx context.Context, e *check.Env) []string {
	env := release.ServerEnvironment(release.RenderedObjects(ctx, e))
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		if env[name] == "" {
			continue
		}
		return strings.Split(env[name], ",")
	}
	return e.Answers.Proxy.NoProxy
}

// malformed returns the fault of an entry that programs ignore or misinterpret.
func malformed(entries []string) *check.Fault {
	for _, entry := range entries {
		reason := ""
		switch _, rangeErr := netip.ParsePrefix(entry); {
		case strings.TrimSpace(entry) == "" && len(entries) == 1:
		case strings.ContainsAny(entry, " \t;"):
			reason = "it contains spaces or semicolons; entries are separated by commas only"
		case strings.Contains(entry, "://"):
			reason = "it is a URL"
		case strings.Contains(entry, "/") && rangeErr != nil:
			reason = "it is not a valid address range"
		case strings.HasPrefix(entry, "*") && entry != "*":
			reason = "Python, which runs the server, does not support asterisks; use .example.com for all subdomains"
		}
		if reason != "" {
			return &check.Fault{
				Summary: fmt.Sprintf("%q excludes nothing from the proxy: %s", entry, reason),
				Remedy:  "fix proxy.noProxy, for example [internal.example.com, .example.com, 10.0.0.0/8]",
			}
		}
	}
	return nil
}

// directTargets returns the answers' hosts that a web proxy usually cannot
// reach: the database, and a Vault inside the cluster.
func directTargets(e *check.Env) []string {
	var targets []string
	if e.Answers.Database.Type == answers.MySQLDatabase {
		targets = append(targets, e.Answers.Database.MySQL.Host)
	}
	vault, err := url.Parse(e.Answers.SecretsStore.HashiCorp.Address)
	if err == nil && vault.Hostname() != "" && check.IsPrivateName(vault.Hostname()) {
		targets = append(targets, vault.Hostname())
	}
	return targets
}

// bypasses reports whether a host bypasses the proxy, as Python's requests and Go's
// net/http interpret NO_PROXY.
func bypasses(entries []string, host string) bool {
	ip, err := netip.ParseAddr(host)
	return slices.ContainsFunc(entries, func(entry string) bool {
		entry = strings.TrimSpace(entry)
		if r, rangeErr := netip.ParsePrefix(entry); rangeErr == nil {
			return err == nil && r.Contains(ip)
		}
		domain := strings.TrimPrefix(entry, ".")
		return entry == "*" || entry != "" && (host == domain || strings.HasSuffix(host, "."+domain))
	})
}

// bypassesRange reports whether one entry covers the whole range.
func bypassesRange(entries []string, r netip.Prefix) bool {
	return slices.ContainsFunc(entries, func(entry string) bool {
		wide, err := netip.ParsePrefix(strings.TrimSpace(entry))
		return entry == "*" || err == nil && wide.Bits() <= r.Bits() && wide.Contains(r.Addr())
	})
}
