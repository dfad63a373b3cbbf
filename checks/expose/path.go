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
	return "", &check.Fault{Warn: true, Found: "below " + path + " the API works, and the dashboard does not",
		Remedy: "give the server a host of its own: expose: {host: zenml.example.com, path: /}", Why: "the dashboard's files are looked for at the root of the host"}
}

// ingressPathFault judges the paths of a rendered Ingress; root is the path
// that the server believes to be under.
func ingressPathFault(ctx context.Context, e *check.Env, ingress manifest.Object, root string) error {
	annotations := ingress.GetAnnotations()
	for _, p := range ingressPaths(ingress) {
		if p.kind == "Prefix" && isPattern(p.path) {
			return patternFault(ctx, e, p.path)
		}
		if annotations[rewriteTarget] != "" && root == "" && literal(p.path) != "" {
			return &check.Fault{Found: fmt.Sprintf("Ingress %s cuts off %s (%s), and the server is not told: rootUrlPath is empty", ingress.GetName(), literal(p.path), rewriteTarget),
				Why: "the server's own links and its login lead to paths that the Ingress does not serve", Remedy: "values: {server: {rootUrlPath: " + literal(p.path) + "}}"}
		}
		if root != "" && literal(p.path) != strings.TrimRight(root, "/") {
			return &check.Fault{Found: fmt.Sprintf("the Ingress serves %s, and the server believes to be under %s (rootUrlPath)", orRoot(literal(p.path)), root),
				Why: "the server's own links lead to paths that the Ingress does not serve", Remedy: "set both to the same path: expose: {path: " + root + "}"}
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

// isPattern tells whether a path has signs of a regular expression in it;
// those that ingress-nginx admits with Prefix are left out.
func isPattern(path string) bool { return strings.ContainsAny(path, `()[]{}*+?|^$\`) }

// literal is the part of a path before any pattern, without a slash at its end.
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

// strictPaths is the first ingress-nginx that refuses a regular expression
// with path type Prefix (strict-validate-path-type is on since then).
var strictPaths = semver.MustParse("1.12.0")

var nginxImage = regexp.MustCompile(`ingress-nginx/controller[^:]*:v?(\d+\.\d+\.\d+)`)

// patternFault judges a regular expression with path type Prefix by the
// controller that will read it.
func patternFault(ctx context.Context, e *check.Env, path string) error {
	fault := &check.Fault{Found: fmt.Sprintf("the path %s is a regular expression, and its path type is Prefix", path),
		Remedy: "expose: {ingress: {rewrite: false}}: the server copes with its path by rootUrlPath alone"}
	if e.Cluster == nil {
		fault.Why = "ingress-nginx refuses that from 1.12 on, and other controllers take it literally"
		return fault
	}
	d, _ := findEntrypoint(ctx, e) // what is known of a faulty controller serves here
	if d.name != "" && d.name != ingressNginx {
		fault.Why = d.name + " takes the path literally: no request matches it"
		return fault
	}
	fault.Why = "ingress-nginx refuses that from 1.12 on, unless strict-validate-path-type is off"
	for _, image := range d.images {
		match := nginxImage.FindStringSubmatch(image)
		if match == nil {
			continue
		}
		if v, err := semver.NewVersion(match[1]); err == nil && v.LessThan(strictPaths) {
			fault.Warn, fault.Found = true, fmt.Sprintf("%s; this ingress-nginx (%s) takes it, and from 1.12 on refuses it", fault.Found, v)
		}
	}
	return fault
}
