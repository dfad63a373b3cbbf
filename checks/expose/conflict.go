package expose

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func checkConflict(ctx context.Context, e *check.Env) (string, error) {
	host, err := routeHost(ctx, e)
	if err != nil {
		return "", check.Skip("the host is unknown until the controller has an address: %v", err)
	}
	ingresses, err := ingresses(ctx, e)
	if err != nil {
		return "", err
	}
	routes, only, err := routeClaims(ctx, e)
	if err != nil {
		return "", err
	}
	claims := append(ingressClaims(e, ingresses.items), routes...)
	path := strings.TrimRight(e.Answers.Expose.Path, "/")
	if fault := conflict(claims, host, path); fault != nil {
		return "", fault
	}
	if ingresses.only+only != "" {
		return "", check.Skip("you can list Ingresses and HTTPRoutes only in namespace %s, which has no conflict",
			e.Namespace())
	}
	return fmt.Sprintf("not used by %d other routes: %s%s", len(claims), orAnyHost(host), path+"/"), nil
}

// conflict returns the worst conflict of other claims with the server's host and path.
func conflict(claims []claim, host, path string) *check.Fault {
	var below, elsewhere *claim
	where := orAnyHost(host) + path + "/"
	for i, c := range claims {
		switch {
		case !strings.EqualFold(c.host, host):
		case c.path == path && c.rival:
			return &check.Fault{
				Summary: fmt.Sprintf("%s already uses %s", c.object, where),
				Remedy:  "set another host: expose: {host: …}, or remove the other route: " + deleteCommand(c),
			}
		case c.path == path:
			elsewhere = &claims[i]
		case strings.HasPrefix(c.path, path+"/") && c.rival:
			below = &claims[i]
		}
	}
	switch {
	case below != nil:
		return &check.Fault{
			Warn:    true,
			Summary: fmt.Sprintf("%s uses %s, a path below the server's", below.object, orAnyHost(host)+below.path),
			Reason:  "the longer path takes precedence, so requests for it do not reach the server",
			Remedy:  "set another host: expose: {host: …}",
		}
	case elsewhere != nil:
		return &check.Fault{
			Warn:    true,
			Summary: fmt.Sprintf("%s also uses %s, with another controller", elsewhere.object, where),
			Reason:  "DNS resolves the host to one of the two controllers; the route of the other is never used",
			Remedy:  "make sure that DNS resolves to the right controller, or set another host: expose: {host: …}",
		}
	}
	return nil
}

func deleteCommand(c claim) string {
	kind, rest, _ := strings.Cut(c.object, " ")
	name, namespace, _ := strings.Cut(rest, " in namespace ")
	return fmt.Sprintf("kubectl -n %s delete %s %s", namespace, strings.ToLower(kind), name)
}

func orAnyHost(host string) string {
	if host == "" {
		return "all hosts"
	}
	return host
}
