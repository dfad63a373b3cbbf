package cmd

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	installplan "github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// ownOfCluster are objects that the cluster adds to a new namespace after a while.
var ownOfCluster = []string{"kube-root-ca.crt", "default"}

// snapshot returns the resource versions of all namespaces' names and of the
// objects in a namespace.
func snapshot(t *testing.T, c *testcluster.Cluster, namespace string) map[string]string {
	t.Helper()
	client := c.Dynamic(t)
	versions := map[string]string{}
	for _, r := range []schema.GroupVersionResource{
		{Version: "v1", Resource: "secrets"}, {Version: "v1", Resource: "configmaps"}, {Version: "v1",
			Resource: "pods"},
		{Version: "v1", Resource: "services"}, {Version: "v1", Resource: "serviceaccounts"},
		{Version: "v1", Resource: "persistentvolumeclaims"}, {Group: "apps", Version: "v1", Resource: "deployments"},
		{Group: "batch", Version: "v1", Resource: "jobs"}, {Group: "coordination.k8s.io", Version: "v1",
			Resource: "leases"},
		{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"},
	} {
		found, err := client.Resource(r).Namespace(namespace).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found.Items {
			if slices.Contains(ownOfCluster, o.GetName()) || o.GetDeletionTimestamp() != nil {
				continue
			}
			versions[r.Resource+" "+o.GetName()] = o.GetResourceVersion()
			if r.Resource == "pods" { // the kubelet writes their status at any time
				versions["pods "+o.GetName()] = string(o.GetUID())
			}
		}
	}
	return versions
}

// dryRun plans an install and fails the test if anything in the namespace or in
// the working folder changes, or if a secret is shown.
func (p *place) dryRun(c *testcluster.Cluster, sample, namespace string, more ...string) result {
	p.t.Helper()
	before, values := snapshot(p.t, c, namespace), filepath.Join(p.dir, "planned-values.yaml")
	args := []string{"install", "-f", filepath.Join("..", "assets", "answers", sample), "--dry-run", "-n", namespace,
		"--output", values}
	r := p.runs(slices.Concat(args, chartFlags(c, "current"), more)...)
	if after := snapshot(p.t, c, namespace); !maps.Equal(before, after) {
		p.t.Errorf("the dry run changed objects:\n%v\n%v", before, after)
	}
	if _, err := os.Stat(values); err == nil {
		p.t.Error("the dry run wrote the values file")
	}
	for _, canary := range []string{adminPassword, c.Database.Password.Reveal()} {
		if canary != "" && strings.Contains(r.out+r.err, canary) {
			p.t.Errorf("a secret is in the plan:\n%s\n%s", r.out, r.err)
		}
	}
	return r
}

// planned plans an install and returns the plan.
func (p *place) planned(c *testcluster.Cluster, sample, namespace string, more ...string) installplan.Report {
	p.t.Helper()
	r := p.dryRun(c, sample, namespace, append(more, "-o", "json")...).want(p.t, exitDone)
	var report installplan.Report
	if err := json.Unmarshal([]byte(r.out), &report); err != nil {
		p.t.Fatalf("%v in %s", err, r.out)
	}
	return report
}

func TestDryRun(t *testing.T) {
	c := testcluster.Start(t)
	t.Run("new namespace", func(t *testing.T) {
		t.Parallel()
		p, namespace := newPlace(t).at(c), "never-made-"+strings.ToLower(t.Name()[:5])
		p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
		r := p.dryRun(c, "mysql.yaml", namespace, p.mysqlFlags(c)...).want(t, exitDone,
			"+ create  Namespace "+namespace,
			"+ create  Deployment zenml-server", "* hook    Job zenml-server-db-migration", "migrates database",
			"hash:", "0 changed, 0 deleted, 0 unchanged", "Nothing has been changed.")
		if strings.Contains(r.out, "\x1b") {
			t.Error("the plan has colors without a terminal")
		}
		_, err := c.Client(t).CoreV1().Namespaces().Get(t.Context(), namespace, metav1.GetOptions{})
		if err == nil {
			t.Errorf("namespace %s was created", namespace)
		}
	})
	t.Run("existing release", func(t *testing.T) {
		t.Parallel()
		testDryRunOfUpgrade(t, c)
	})
	t.Run("usage", func(t *testing.T) {
		p := newPlace(t)
		p.runs("install", "-o", "json").want(t, exitUsage, "-o json: works with --dry-run only")
		p.runs("install", "--detailed-exitcode").want(t, exitUsage, "--detailed-exitcode: works with --dry-run only")
		p.runs("install", "--dry-run", "-o", "xml").want(t, exitUsage, "-o xml: must be text or json",
			"name the values file with --output")
		p.runs("install", "--dry-run", "--stay").want(t, exitUsage, "--stay: does not work with --dry-run")
	})
	t.Run("exposed after its activation", func(t *testing.T) {
		t.Parallel()
		testDryRunOfExposure(t, c)
	})
	t.Run("failed check", func(t *testing.T) {
		t.Parallel()
		p, namespace := newPlace(t).at(c), c.Namespace(t)
		r := p.dryRun(c, "mysql.yaml", namespace, p.mysqlFlags(c)...)
		r.want(t, exitPreflight, "environment variable ZENML_ADMIN_PASSWORD is not set")
		if r.out != "" {
			t.Errorf("a plan was printed: %s", r.out)
		}
		r = p.dryRun(c, "mysql.yaml", namespace, append(p.mysqlFlags(c), "-o", "json")...)
		r.want(t, exitPreflight, "Error: preflight failed: supply.references. Nothing was changed")
		var report installplan.Report
		if err := json.Unmarshal([]byte(r.out), &report); err != nil || len(report.FailedChecks) != 1 ||
			report.FailedChecks[0].Check != "supply.references" || len(report.Steps) > 0 || report.UpToDate {
			t.Errorf("%v: %s", err, r.out)
		}
	})
}

// testDryRunOfUpgrade plans upgrades of a release that was upgraded once, because
// the chart always replaces the pods in the first upgrade.
func testDryRunOfUpgrade(t *testing.T, c *testcluster.Cluster) {
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	flags := append(p.mysqlFlags(c), "--skip", "database.schema")
	for range 2 {
		p.install(c, "current", "mysql.yaml", namespace, flags...).want(t, exitDone)
	}
	p.awaitOnePod(c, namespace)
	if r := p.planned(c, "mysql.yaml", namespace, flags...); !r.UpToDate || r.Changes != 0 || r.Revision != 2 ||
		r.Counts.Unchanged == 0 || r.Counts.Hooks == 0 {
		t.Errorf("an unchanged release: %+v %+v", r.Counts, r.Objects)
	}
	detailed := append(slices.Clone(flags), "--detailed-exitcode")
	p.dryRun(c, "mysql.yaml", namespace, detailed...).want(t, exitDone, "Nothing would change.", "record revision 3",
		"Keep Secret zenml-server-database (password), which has the same data.",
		"Keep the encryption key in Secret zenml-server-secrets-store.", "The server is activated already.")

	changed := append(slices.Clone(flags), "--answer", "server.replicas=2", "--answer", "database.mysql.pool.size=7")
	detailed = append(slices.Clone(changed), "--detailed-exitcode")
	p.dryRun(c, "mysql.yaml", namespace, detailed...).want(t, exitChanges, "~ change  Deployment")
	r := p.planned(c, "mysql.yaml", namespace, changed...)
	deployment := findPlanned(t, r, "Deployment", installplan.Change)
	if !deployment.RestartsPods || !strings.Contains(deployment.Diff, "-  replicas: 1\n+  replicas: 2\n") ||
		r.UpToDate || len(r.Values) == 0 {
		t.Errorf("changed replicas: %+v", r)
	}

	reader := p.reader(c, namespace)
	readOnly := append(slices.Clone(changed), "--as", reader, "--skip", "cluster.permissions", "--skip",
		"cluster.portforward")
	text := p.dryRun(c, "mysql.yaml", namespace, readOnly...).want(t, exitDone,
		"No permission for a dry run of the changes",
		"+  replicas: 2")
	if strings.Contains(text.out, "cannot be compared") {
		t.Errorf("a reader can compare all objects: %s", text.out)
	}
}

// testDryRunOfExposure plans what the install in the same mode does: only the guided
// one waits for an activation that its user does.
func testDryRunOfExposure(t *testing.T, c *testcluster.Cluster) {
	p, namespace := newPlace(t).at(c), "never-made-exposed"
	flags := append(exposedAs("node-port"), "--skip", "cluster.admission")
	const staged = "Leave out what exposes the server until it is activated"
	plan := func(more ...string) installplan.Report {
		return p.planned(c, "minimal.yaml", namespace, slices.Concat(flags, more)...)
	}
	leavesOut := func(r installplan.Report) bool { return strings.Contains(strings.Join(r.Steps, "\n"), staged) }
	later := func(r installplan.Report) bool {
		return findPlanned(t, r, "Service", installplan.Create).AfterActivation
	}
	for _, unattended := range [][]string{{"--yes"}, nil} { // neither asks without a terminal
		r := plan(unattended...)
		if leavesOut(r) || later(r) || !strings.Contains(r.Activation, "Leave the server without an admin.") {
			t.Errorf("%v: %+v", unattended, r)
		}
	}
	for _, closed := range [][]string{{"--accessible"}, {"--yes", "--answer", "expose.after=activation"}} {
		r := plan(closed...)
		if !leavesOut(r) || !later(r) || findPlanned(t, r, "Deployment", installplan.Create).AfterActivation {
			t.Errorf("%v: %+v", closed, r)
		}
	}
}

// findPlanned returns the object of a kind with an action.
func findPlanned(t *testing.T, r installplan.Report, kind string, action installplan.Action) installplan.Object {
	t.Helper()
	for _, o := range r.Objects {
		if o.Kind == kind && o.Action == action {
			return o
		}
	}
	t.Fatalf("no %s with action %s in %+v", kind, action, r.Objects)
	return installplan.Object{}
}

// reader returns a user who can read everything, and write nothing.
func (p *place) reader(c *testcluster.Cluster, namespace string) string {
	p.t.Helper()
	name := "reader-" + namespace
	rbac := c.Client(p.t).RbacV1()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"get", "list", "watch"}},
	}}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name}}}
	if _, err := rbac.ClusterRoles().Create(p.t.Context(), role, metav1.CreateOptions{}); err != nil {
		p.t.Fatal(err)
	}
	if _, err := rbac.ClusterRoleBindings().Create(p.t.Context(), binding, metav1.CreateOptions{}); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		ctx := context.WithoutCancel(p.t.Context())
		_ = rbac.ClusterRoleBindings().Delete(ctx, name, metav1.DeleteOptions{})
		_ = rbac.ClusterRoles().Delete(ctx, name, metav1.DeleteOptions{})
	})
	return name
}

// awaitOnePod waits until the pods of earlier revisions are gone.
func (p *place) awaitOnePod(c *testcluster.Cluster, namespace string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer cancel()
	err := poll.Until(ctx, time.Second, func() (bool, error) {
		pods, err := c.Client(p.t).CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: "!job-name"})
		return err == nil && len(pods.Items) == 1, err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}
