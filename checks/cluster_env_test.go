package checks

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chart"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/render"
)

// withCluster returns the environment of an install of the stand-in chart into
// a namespace of the sandbox, as change has the answers.
func withCluster(t *testing.T, access *kube.Access, namespace string, change ...func(*answers.Answers)) *Env {
	t.Helper()
	a := answers.Answers{Database: answers.Database{Type: answers.SQLiteDatabase}}
	a.Cluster.Namespace = namespace
	for _, c := range change {
		c(&a)
	}
	e := &Env{Answers: a.Complete(), Cluster: access, Local: answers.Local{Getenv: os.LookupEnv, ReadFile: os.ReadFile}}
	withChart(e, "../sandbox/charts/current")
	return e
}

// withChart lets the environment render a chart as the program does.
func withChart(e *Env, ref string) {
	load := func(ctx context.Context) (*install.Chart, error) {
		return install.LoadChart(ctx, install.Source{Ref: ref, Version: e.Answers.Chart.Version})
	}
	e.Chart = func(ctx context.Context) (chart.Info, error) {
		c, err := load(ctx)
		if err != nil {
			return chart.Info{}, err
		}
		return c.Info, nil
	}
	e.Rendered = func(ctx context.Context) (Rendered, error) {
		c, err := load(ctx)
		if err != nil {
			return Rendered{}, err
		}
		return renderAll(e.Answers, e.Local, c)
	}
}

func renderAll(a answers.Answers, local answers.Local, c *install.Chart) (Rendered, error) {
	settings := render.Settings{Local: local, Keys: render.Generate(a, nil)}
	document, err := render.Values(a, c.Info, settings)
	if err != nil {
		return Rendered{}, err
	}
	rendered, err := c.Render(install.RenderRequest{Release: a.Cluster.Release, Namespace: a.Cluster.Namespace, Values: document.Map})
	if err != nil {
		return Rendered{}, err
	}
	r := Rendered{Objects: rendered.Objects}
	r.Secrets, err = render.Secrets(a, c.Info, settings)
	if !errors.As(err, &r.Findings) && err != nil {
		return Rendered{}, err
	}
	for _, f := range render.Prove(a, c.Info, document, rendered.Objects) {
		if f.Check == render.CheckValues {
			r.Unknown = append(r.Unknown, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	return r, nil
}

// look runs some checks, and those that they need.
func look(t *testing.T, e *Env, only ...string) Report {
	t.Helper()
	report, err := Run(t.Context(), e, Options{Only: only}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// serviceAccount makes an account with these rules in a namespace and returns
// the access that it has, by a kubeconfig of its own.
func serviceAccount(t *testing.T, c *testcluster.Cluster, namespace string, rules ...rbacv1.PolicyRule) *kube.Access {
	t.Helper()
	client, name := c.Client(t), "restricted"
	ctx, meta := t.Context(), metav1.ObjectMeta{Name: "restricted"}
	_, err := client.CoreV1().ServiceAccounts(namespace).Create(ctx, &corev1.ServiceAccount{ObjectMeta: meta}, metav1.CreateOptions{})
	must(t, err)
	_, err = client.RbacV1().Roles(namespace).Create(ctx, &rbacv1.Role{ObjectMeta: meta, Rules: rules}, metav1.CreateOptions{})
	must(t, err)
	_, err = client.RbacV1().RoleBindings(namespace).Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: name, Namespace: namespace}},
	}, metav1.CreateOptions{})
	must(t, err)
	token, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	must(t, err)
	return kubeconfig(t, c, func(config *clientcmdapi.Config) {
		for _, user := range config.AuthInfos {
			*user = clientcmdapi.AuthInfo{Token: token.Status.Token}
		}
	})
}

// kubeconfig returns the access by a changed copy of the sandbox's kubeconfig.
func kubeconfig(t *testing.T, c *testcluster.Cluster, change func(*clientcmdapi.Config)) *kube.Access {
	t.Helper()
	config, err := clientcmd.LoadFromFile(c.Kubeconfig)
	must(t, err)
	change(config)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	must(t, clientcmd.WriteToFile(*config, path))
	return accessBy(path, "")
}

// proxied returns the access by a proxy that may answer in the API server's
// place.
func proxied(t *testing.T, c *testcluster.Cluster, answers func(http.ResponseWriter, *http.Request) bool) *kube.Access {
	t.Helper()
	config, err := c.Access().Config()
	must(t, err)
	transport, err := rest.TransportFor(config)
	must(t, err)
	target, err := url.Parse(config.Host)
	must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = transport
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return kubeconfig(t, c, func(config *clientcmdapi.Config) {
		for _, cluster := range config.Clusters {
			*cluster = clientcmdapi.Cluster{Server: server.URL}
		}
	})
}

func accessBy(path, context string) *kube.Access {
	flags := kube.NewFlags()
	*flags.KubeConfig, *flags.Context = path, context
	return kube.New(flags)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
