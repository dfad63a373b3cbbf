package expose

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

const (
	rewriteTarget = "nginx.ingress.kubernetes.io/rewrite-target"
	useRegex      = "nginx.ingress.kubernetes.io/use-regex"
	rootPath      = "ZENML_SERVER_ROOT_URL_PATH"
)

func checkPath(ctx context.Context, e *check.Env) (string, error) {
	objects := release.RenderedObjects(ctx, e)
	for _, ingress := range manifest.Find(objects, "Ingress", "") {
		if err := ingressPathFault(ctx, e, ingress, release.ServerEnvironment(objects)[rootPath]); err != nil {
			return "", err
		}
	}
	path := e.Answers.Expose.Path
	if path == "" || path == "/" {
		return "/", nil
	}
	return "", &check.Fault{
		Warn:    true,
		Summary: "only the API works below " + path + ", not the dashboard",
		Remedy:  "use a separate host: expose: {host: zenml.example.com, path: /}",
		Reason:  "the dashboard loads its files from the root of the host",
	}
}

// ingressPathFault checks the paths of a rendered Ingress; root is the server's
// rootUrlPath.
func ingressPathFault(ctx context.Context, e *check.Env, ingress manifest.Object, root string) error {
	annotations := ingress.GetAnnotations()
	for _, p := range ingressPaths(ingress) {
		if p.kind == "Prefix" && isPattern(p.path) {
			return patternFault(ctx, e, p.path)
		}
		if annotations[rewriteTarget] != "" && root == "" && literal(p.path) != "" {
			return &check.Fault{
				Summary: fmt.Sprintf("the Ingress %s removes %s from the path (%s), but rootUrlPath is empty",
					ingress.GetName(), literal(p.path), rewriteTarget),
				Reason: "the server's links and its login use paths that the Ingress does not serve",
				Remedy: "expose: {path: " + literal(p.path) + "}, and remove the path from the raw values",
			}
		}
		if root != "" && literal(p.path) != strings.TrimRight(root, "/") {
			return &check.Fault{
				Summary: fmt.Sprintf("the Ingress serves %s, but the server's rootUrlPath is %s",
					orRoot(literal(p.path)),
					root),
				Reason: "the server's links use paths that the Ingress does not serve",
				Remedy: "expose: {path: " + root + "}, and remove the path from the raw values",
			}
		}
	}
	return nil
}

type ingressPath struct{ path, kind string }

func ingressPaths(ingress manifest.Object) []ingressPath {
	var paths []ingressPath
	for _, r := range release.Items(ingress.Object, "spec", "rules") {
		rule, _ := r.(map[string]any)
		for _, p := range release.Items(rule, "http", "paths") {
			m, _ := p.(map[string]any)
			path, _ := m["path"].(string)
			kind, _ := m["pathType"].(string)
			paths = append(paths, ingressPath{path: path, kind: kind})
		}
	}
	return paths
}

// isPattern reports whether a path has characters of a regular expression that
// ingress-nginx does not allow with Prefix.
func isPattern(path string) bool { return strings.ContainsAny(path, `()[]{}*+?|^$\`) }

// literal returns the part of a path before any pattern, without a trailing slash.
func literal(path string) string {
	if i := strings.IndexAny(path, `()[]{}*+?|^$\`); i >= 0 {
		path = path[:i]
	}
	return strings.TrimRight(path, "/")
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// strictPaths is the first ingress-nginx that rejects a regular expression with path
// type Prefix, because strict-validate-path-type is on by default.
var strictPaths = semver.MustParse("1.12.0")

var nginxImage = regexp.MustCompile(`ingress-nginx/controller[^:]*:v?(\d+\.\d+\.\d+)`)

// patternFault returns the fault of a regular expression with path type Prefix for the
// controller.
func patternFault(ctx context.Context, e *check.Env, path string) error {
	fault := &check.Fault{
		Summary: fmt.Sprintf("the path %s is a regular expression, but its path type is Prefix", path),
		Remedy:  "expose: {ingress: {rewrite: false}}; the server handles the path itself"}
	if e.Cluster == nil {
		fault.Reason = "ingress-nginx 1.12 and newer reject it, and other controllers match it literally"
		return fault
	}
	d, _ := findEntrypoint(ctx, e) // the controller is known even if it has a fault
	if d.name != "" && d.name != ingressNginx {
		fault.Reason = d.name + " matches the path literally, so no request matches"
		return fault
	}
	fault.Reason = "ingress-nginx 1.12 and newer reject it unless strict-validate-path-type is off"
	for _, image := range d.images {
		match := nginxImage.FindStringSubmatch(image)
		if match == nil {
			continue
		}
		if v, err := semver.NewVersion(match[1]); err == nil && v.LessThan(strictPaths) {
			fault.Warn, fault.Summary = true, fmt.Sprintf(
				"%s; the installed ingress-nginx %s accepts it, but 1.12 and newer reject it", fault.Summary, v)
		}
	}
	return fault
}
