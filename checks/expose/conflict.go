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
		return "", check.Skip("the host is not known yet: %v", err)
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
		return "", check.Skip("you may look at Ingresses and HTTPRoutes of namespace %s only; there is no conflict there", e.Namespace())
	}
	return fmt.Sprintf("none of %d other routes claims %s%s", len(claims), orAnyHost(host), path+"/"), nil
}

// conflict is the worst that other claims do to the server's host and path.
func conflict(claims []claim, host, path string) *check.Fault {
	var below, elsewhere *claim
	where := orAnyHost(host) + path + "/"
	for i, c := range claims {
		switch {
		case !strings.EqualFold(c.host, host):
		case c.path == path && c.rival:
			return &check.Fault{Found: fmt.Sprintf("%s claims %s already", c.object, where), Remedy: "choose another host, expose: {host: …}, or remove what claims it: " + describeCommand(c)}
		case c.path == path:
			elsewhere = &claims[i]
		case strings.HasPrefix(c.path, path+"/") && c.rival:
			below = &claims[i]
		}
	}
	switch {
	case below != nil:
		return &check.Fault{Warn: true, Found: fmt.Sprintf("%s claims %s, which lies below the server's own path", below.object, orAnyHost(host)+below.path),
			Why: "the longer path wins: the server's requests for it, such as those to /api, go elsewhere", Remedy: "give the server a host of its own: expose: {host: …}"}
	case elsewhere != nil:
		return &check.Fault{Warn: true, Found: fmt.Sprintf("%s claims %s too, through another controller", elsewhere.object, where),
			Why: "DNS leads the host to one of the two controllers; the other's route is never reached", Remedy: "see that DNS leads to the right one, or choose another host: expose: {host: …}"}
	}
	return nil
}

func describeCommand(c claim) string {
	kind, rest, _ := strings.Cut(c.object, " ")
	name, namespace, _ := strings.Cut(rest, " in namespace ")
	return fmt.Sprintf("kubectl -n %s get %s %s", namespace, strings.ToLower(kind), name)
}

func orAnyHost(host string) string {
	if host == "" {
		return "every host"
	}
	return host
}
