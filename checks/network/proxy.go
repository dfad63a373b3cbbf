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
	for key, proxy := range map[string]string{"proxy.http": e.Answers.Proxy.HTTP, "proxy.https": e.Answers.Proxy.HTTPS} {
		if u, err := url.Parse(proxy); err == nil && (u.Hostname() == "localhost" || check.IsLoopback(u.Hostname())) {
			return "", &check.Fault{Found: fmt.Sprintf("%s is %s: inside the pod that is the pod itself", key, u.Redacted()), Remedy: "name the proxy by an address that pods reach"}
		}
	}
	excluded := excluded(ctx, e)
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
		return "", notExcluded(missing, "they are reached directly, or not at all")
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
		return "", notExcluded(missing, "pods and Services that are reached by their address would be asked for at the proxy")
	}
	return fmt.Sprintf("%d hosts, domains and ranges are reached without it", len(excluded)), nil
}

func notExcluded(missing []string, why string) *check.Fault {
	return &check.Fault{Warn: true, Found: "not excluded from the proxy: " + check.JoinAnd(missing), Why: why, Remedy: "proxy: {noProxy: [" + strings.Join(missing, ", ") + "]}"}
}

// excluded is what the rendered server reaches without the proxy (NO_PROXY);
// where nothing was rendered, what the answers name.
func excluded(ctx context.Context, e *check.Env) []string {
	env := release.ServerEnvironment(release.RenderedObjects(ctx, e))
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		if env[name] == "" {
			continue
		}
		return strings.Split(env[name], ",")
	}
	return e.Answers.Proxy.NoProxy
}

// malformed finds an entry that programs read as nothing or as something else.
func malformed(entries []string) *check.Fault {
	for _, entry := range entries {
		reason := ""
		switch _, rangeErr := netip.ParsePrefix(entry); {
		case strings.TrimSpace(entry) == "" && len(entries) == 1:
		case strings.ContainsAny(entry, " \t;"):
			reason = "it has blanks or semicolons in it; entries are parted by commas alone"
		case strings.Contains(entry, "://"):
			reason = "it is a URL"
		case strings.Contains(entry, "/") && rangeErr != nil:
			reason = "it is not a range of addresses"
		case strings.HasPrefix(entry, "*") && entry != "*":
			reason = "Python, in which the server is written, does not know the asterisk; .example.com stands for all below"
		}
		if reason != "" {
			return &check.Fault{Found: fmt.Sprintf("%q excludes nothing from the proxy: %s", entry, reason), Remedy: "write proxy.noProxy like [internal.example.com, .example.com, 10.0.0.0/8]"}
		}
	}
	return nil
}

// directTargets are the hosts of the answers that a proxy of the web does not
// serve: the database, and a Vault inside of the cluster.
func directTargets(e *check.Env) []string {
	var targets []string
	if e.Answers.Database.Type == answers.MySQLDatabase {
		targets = append(targets, e.Answers.Database.MySQL.Host)
	}
	if u, err := url.Parse(e.Answers.SecretsStore.HashiCorp.Address); err == nil && u.Hostname() != "" && check.IsPrivateName(u.Hostname()) {
		targets = append(targets, u.Hostname())
	}
	return targets
}

// bypasses tells whether a host is reached without the proxy, as Python's
// requests and Go's net/http read NO_PROXY.
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

// bypassesRange tells whether one of the entries covers a whole range.
func bypassesRange(entries []string, r netip.Prefix) bool {
	return slices.ContainsFunc(entries, func(entry string) bool {
		wide, err := netip.ParsePrefix(strings.TrimSpace(entry))
		return entry == "*" || err == nil && wide.Bits() <= r.Bits() && wide.Contains(r.Addr())
	})
}
