//go:build unix

package cmd

import (
	"context"
	"path/filepath"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// secretReader returns a user who can read the Secrets of a namespace, and no others.
func (p *place) secretReader(c *testcluster.Cluster, namespace string) string {
	p.t.Helper()
	const name = "secret-reader"
	rbac := c.Client(p.t).RbacV1()
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "list"}},
	}}
	binding := &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name}}}
	if _, err := rbac.Roles(namespace).Create(p.t.Context(), role, metav1.CreateOptions{}); err != nil {
		p.t.Fatal(err)
	}
	if _, err := rbac.RoleBindings(namespace).Create(p.t.Context(), binding, metav1.CreateOptions{}); err != nil {
		p.t.Fatal(err)
	}
	return name
}

// worksIn makes the namespace that of the kubeconfig's context.
func (p *place) worksIn(namespace string) {
	p.t.Helper()
	config, err := clientcmd.LoadFromFile(p.env["KUBECONFIG"])
	if err != nil {
		p.t.Fatal(err)
	}
	config.Contexts[config.CurrentContext].Namespace = namespace
	p.env["KUBECONFIG"] = filepath.Join(p.dir, "kubeconfig")
	if err := clientcmd.WriteToFile(*config, p.env["KUBECONFIG"]); err != nil {
		p.t.Fatal(err)
	}
}

// TestReleases lists the releases of the cluster, of a namespace, and of the context's
// namespace for a user who may read no other.
func TestReleases(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.install(c, "current", "minimal.yaml", namespace).want(t, exitDone)
	reader := p.secretReader(c, namespace)
	p.worksIn(namespace)
	finds := func(a answers.Answers, flags ...string) (ours int, others bool) {
		for _, f := range p.guidedEngine(flags...).Releases(context.Background(), a) {
			if f.Namespace != namespace {
				others = true
				continue
			}
			ours++
			if f.Release != answers.DefaultRelease || f.Status != "deployed" || f.NeedsRepair || f.Context == "" ||
				f.ChartVersion != c.Charts["current"].Version || f.Updated.IsZero() {
				t.Errorf("%+v", f)
			}
		}
		return ours, others
	}
	in := func(namespace, release string) answers.Answers {
		return answers.Answers{Cluster: answers.Cluster{Namespace: namespace, Release: release}}
	}
	if ours, _ := finds(in("", "")); ours != 1 {
		t.Errorf("in the cluster: %d", ours)
	}
	if ours, others := finds(in(namespace, "")); ours != 1 || others {
		t.Errorf("in the namespace: %d, others: %t", ours, others)
	}
	if ours, _ := finds(in(namespace, "another")); ours != 0 {
		t.Errorf("another release: %d", ours)
	}
	if ours, others := finds(in("", ""), "--as", reader); ours != 1 || others {
		t.Errorf("as a reader of the namespace: %d, others: %t", ours, others)
	}
}

// TestReleasesRunNoPlugin lists no releases of a cluster whose credential plugin has not
// run before the screens: it might ask the user.
func TestReleasesRunNoPlugin(t *testing.T) {
	p := newPlace(t)
	plugin := p.sleepingPlugin()
	p.env["KUBECONFIG"] = plugin.flags[1]
	if found := p.guidedEngine().Releases(t.Context(), answers.Answers{}); found != nil || plugin.begun() {
		t.Errorf("%v, the plugin has run: %t", found, plugin.begun())
	}
}
