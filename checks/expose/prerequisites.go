package expose

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// consent returns the remedy that lets the installer install a component, and the
// equivalent command.
func consent(c prerequisite.Component) string {
	return fmt.Sprintf("let the installer install it: prerequisites: {%s: install}\nor install it yourself:\n%s",
		strings.TrimPrefix(c.Key, "prerequisites."), c.InstallCommand())
}

// installs is the change of the answers that lets the installer install a component.
func installs(c prerequisite.Component) check.Fix {
	return check.Fix{Title: "Install " + c.Title, Answers: map[string]string{c.Key: answers.PrerequisiteInstall}}
}

var stateMemo = check.NewMemo[prerequisite.State]("prerequisite")

// pending returns the component if the user agreed to install it and the cluster lacks
// it. It fails if it cannot be installed.
func pending(ctx context.Context, e *check.Env, c prerequisite.Component) (*prerequisite.Component, error) {
	wanted, agreed := agreedTo(e, c)
	if !agreed {
		return nil, nil
	}
	state, err := findState(ctx, e, wanted)
	if err != nil || !state.NeedsInstall() {
		return nil, check.KubeError(err)
	}
	if err := installable(ctx, e, wanted); err != nil {
		return nil, err
	}
	return &wanted, nil
}

func findState(ctx context.Context, e *check.Env, c prerequisite.Component) (prerequisite.State, error) {
	return stateMemo.For(c.Name).Get(ctx, e, func(ctx context.Context) (prerequisite.State, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return prerequisite.State{}, err
		}
		return prerequisite.Find(ctx, client, c)
	})
}

// agreedTo returns the component with the source in the answers, if the user agreed to
// install it.
func agreedTo(e *check.Env, c prerequisite.Component) (prerequisite.Component, bool) {
	for _, wanted := range prerequisite.Wanted(e.Answers) {
		if wanted.Name == c.Name {
			return wanted, true
		}
	}
	return prerequisite.Component{}, false
}

// clusterWide are objects that the charts of all components contain, except for
// ingress-nginx, which has no CRDs.
var clusterWide = []authorizationv1.ResourceAttributes{
	{Verb: "create", Resource: "namespaces"},
	{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"},
	{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "clusterrolebindings"},
	{Verb: "create", Group: "apiextensions.k8s.io", Resource: "customresourcedefinitions"},
}

// installable checks that the user may install the component, and that its chart can
// be pulled.
func installable(ctx context.Context, e *check.Env, c prerequisite.Component) error {
	for _, what := range clusterWide {
		allowed, err := check.Allowed(ctx, e, what)
		if err != nil {
			return err
		}
		if !allowed {
			return &check.Fault{
				Summary: fmt.Sprintf("%s is not installed, and you cannot install it: you cannot create %s", c.Title,
					what.Resource),
				Remedy: "ask a cluster administrator to install it:\n" + c.InstallCommand(),
			}
		}
	}
	if e.Prerequisite == nil {
		return nil
	}
	return e.Prerequisite(ctx, c)
}

// classController returns the controller that will be installed for the ingress class,
// if any.
func classController(ctx context.Context, e *check.Env) (*prerequisite.Component, error) {
	c, known := prerequisite.ForClass(ingressClassName(e))
	if !known || !byIngress(e) {
		return nil, nil
	}
	return pending(ctx, e, c)
}

// willInstall describes what the install will install.
func willInstall(c prerequisite.Component) string {
	return fmt.Sprintf("%s will be installed from %s", c.Title, c.Source())
}

// retired warns about a controller that is not maintained any more.
func retired(c prerequisite.Component) error {
	if c.Retired == "" {
		return nil
	}
	return &check.Fault{
		Warn:    true,
		Summary: fmt.Sprintf("%s will be installed, but it was retired on %s", c.Title, c.Retired),
		Reason:  "it gets no fixes any more, not even for security",
		Remedy: fmt.Sprintf("install a maintained controller, for example Traefik: expose: {ingress: {class: %s}} and "+
			"prerequisites: {traefik: install}", prerequisite.Traefik.Class),
	}
}

// noController is the remedy for a missing class in a cluster without any.
func noController(name string) string {
	if c, known := prerequisite.ForClass(name); known && c.Retired == "" {
		return consent(c)
	}
	return fmt.Sprintf("let the installer install Traefik: expose: {ingress: {class: %s}} and prerequisites: {traefik: "+
		"install}\nor install a maintained controller yourself:\n%s\nor use the Gateway API, expose: {type: gateway}, "+
		"or no Ingress, expose: {type: port-forward}", prerequisite.Traefik.Class, prerequisite.Traefik.InstallCommand())
}

// installedOtherwise says why the controller of a missing class is not installed,
// although the user agreed.
func installedOtherwise(ctx context.Context, e *check.Env) string {
	c, _ := prerequisite.ForClass(ingressClassName(e))
	wanted, agreed := agreedTo(e, c)
	if !agreed {
		return ""
	}
	state, err := findState(ctx, e, wanted)
	if err != nil || state.NeedsInstall() {
		return ""
	}
	return fmt.Sprintf("; %s is installed already in another form (%s), so the installer does not install it", c.Title,
		state.Found)
}

// skipsController reports whether the answers leave out the checks of the controller,
// and which answer does.
func skipsController(e *check.Env) string {
	for _, c := range []prerequisite.Component{prerequisite.IngressNginx, prerequisite.Traefik} {
		if e.Answers.Get(c.Key) == answers.PrerequisiteSkip {
			return c.Key + " is skip"
		}
	}
	return ""
}

// wantsIssuer reports whether the answers request a new ClusterIssuer.
func wantsIssuer(e *check.Env) bool { return prerequisite.WantsIssuer(e.Answers) }

// issuerCommand returns the command that creates the answers' issuer, for Let's
// Encrypt with the server's ingress class or Gateway. It uses the staging service unless
// the answers or the name request production.
func issuerCommand(e *check.Env) string {
	name, asked := e.Answers.Expose.TLS.Issuer.Name, e.Answers.Prerequisites.ClusterIssuer
	if asked.ACME == "" && strings.Contains(name, "prod") {
		asked.ACME = answers.ACMEProduction
	}
	namespace := ""
	if issuerKind(e) == answers.NamespaceIssuer {
		namespace = "\n  namespace: " + prerequisite.CertificateNamespace(e.Answers)
	}
	return fmt.Sprintf(`kubectl apply -f - <<'EOF'
apiVersion: cert-manager.io/v1
kind: %s
metadata:
  name: %s%s
spec:
  acme:
    server: %s
    email: %s
    privateKeySecretRef:
      name: %s
    solvers:
      - http01:
%s
EOF`, issuerKind(e), name, namespace, prerequisite.ACMEServer(asked), cmp.Or(asked.Email, "ops@example.com"), name,
		solverText(e))
}

// solverText is the solver of the server's ingress class or Gateway.
func solverText(e *check.Env) string {
	if !byGateway(e) {
		return "          ingress:\n            ingressClassName: " + ingressClassName(e)
	}
	ref := e.Answers.Expose.Gateway
	return fmt.Sprintf("          gatewayHTTPRoute:\n            parentRefs:\n              - kind: Gateway\n"+
		"                name: %s\n                namespace: %s\n                sectionName: %s", ref.Name, ref.Namespace,
		prerequisite.HTTPListener)
}
