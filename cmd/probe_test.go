package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// firstInstall is an install into a namespace that does not exist yet, with its own
// database, which pods reach.
type firstInstall struct {
	*place
	cluster   *testcluster.Cluster
	namespace string
	database  *testdb.Server
}

func newFirstInstall(t *testing.T) *firstInstall {
	t.Helper()
	c := testcluster.Start(t)
	if !c.RealNodes {
		t.Skip("needs a node that runs containers")
	}
	f := &firstInstall{place: newPlace(t).at(c), cluster: c, namespace: c.Namespace(t) + "-new"}
	f.database = testdb.Start(t, testdb.Options{Address: c.HostAddress, Hosts: []string{c.HostAddress}, NoTLS: true})
	f.env["ZENML_ADMIN_PASSWORD"], f.env["DB_PASSWORD"] = adminPassword, adminPassword
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_ = c.Client(t).CoreV1().Namespaces().Delete(ctx, f.namespace, metav1.DeleteOptions{})
	})
	return f
}

// as runs a command with the database's user.
func (f *firstInstall) as(user, command string, more ...string) result {
	f.t.Helper()
	args := []string{command, "-f", filepath.Join("..", "assets", "answers", "mysql.yaml"), "-n", f.namespace}
	for _, answer := range []string{
		"host=" + f.database.Host, "port=" + strconv.Itoa(f.database.Port), "user=" + user, "name=zenml",
		"password=env:DB_PASSWORD",
	} {
		args = append(args, "--answer", "database.mysql."+answer)
	}
	return f.runs(append(append(args, chartFlags(f.cluster, "current")...), more...)...)
}

// exists reports whether the namespace exists.
func (f *firstInstall) exists() bool {
	f.t.Helper()
	_, err := f.cluster.Client(f.t).CoreV1().Namespaces().Get(f.t.Context(), f.namespace, metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		f.t.Fatal(err)
	}
	return err == nil
}

// TestProbe uses accounts that may log in from this machine only, and from anywhere.
func TestProbe(t *testing.T) {
	t.Parallel()
	f := newFirstInstall(t)
	f.database.Exec(t, "CREATE DATABASE zenml CHARACTER SET utf8mb4")
	for user, host := range map[string]string{"local": f.cluster.HostAddress, "anywhere": "%"} {
		f.database.Exec(t, fmt.Sprintf("CREATE USER %s@'%s' IDENTIFIED BY '%s'", user, host, adminPassword),
			fmt.Sprintf("GRANT ALL ON zenml.* TO %s@'%s'", user, host))
	}
	install := []string{"--yes", "--force", "--output", filepath.Join(f.dir, "custom-values.yaml")}

	begin := time.Now()
	refused := f.as("local", "install", install...).want(t, exitInstall, "Check database.in-cluster: a pod cannot log in",
		"RENAME USER 'local'@'"+f.cluster.HostAddress+"' TO 'local'@'%'",
		"--skip database.in-cluster", "removed namespace "+f.namespace)
	t.Logf("refused after %s\n%s", time.Since(begin), refused.err)
	if f.exists() {
		t.Error("the namespace is still there")
	}
	if tables := f.database.Strings(t, "SHOW TABLES FROM zenml"); len(tables) > 0 {
		t.Errorf("the migration ran: %v", tables)
	}
	f.as("local", "preflight", "--only", "database").want(t, exitDone, "preflight --create-namespace")
	f.as("local", "preflight", "--only", "database", "--create-namespace").want(t, exitPreflight, "a pod cannot log in")
	f.as("anywhere", "preflight", "--only", "database", "--create-namespace", "-v").want(t, exitDone, "and logged in")
	if f.exists() {
		t.Error("the namespace of the check is still there")
	}
	healthy := f.as("anywhere", "install", install...).want(t, exitDone, "check the database from a pod")
	for line := range strings.Lines(healthy.err) {
		if strings.Contains(line, "probe: ") {
			t.Log(line)
		}
	}
	if strings.Contains(healthy.err, "What to do") || strings.Contains(healthy.err, "⚠") {
		t.Errorf("the healthy install is not quiet:\n%s", healthy.err)
	}
}

// TestProbe_identity installs with a secrets store that needs an identity, which the pods
// do not get, in a new namespace.
func TestProbe_identity(t *testing.T) {
	t.Parallel()
	f := newFirstInstall(t)
	chart := f.cluster.RealServer(t, testcluster.RealCurrent) // its image has boto3
	answers := f.file("answers.yaml", "version: 1\ndatabase: {type: sqlite}\nsecretsStore: {type: aws, "+
		"aws: {authMethod: implicit, region: us-east-1}}\nserver: {serviceAccount: {annotations: "+
		"{eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/zenml'}}}\n")
	args := []string{"install", "-f", answers, "-n", f.namespace, "--yes", "--output",
		filepath.Join(f.dir, "custom-values.yaml")}
	f.runs(append(args, chart.Flags()...)...).want(t, exitInstall, "check the secrets store from a pod",
		"Check secrets.in-cluster: secretsStore: a pod with ServiceAccount", "has no AWS credentials",
		"removed namespace "+f.namespace)
	if f.exists() {
		t.Error("the namespace is still there")
	}
}

// TestProbe_review reviews an install whose secrets store needs an identity. Nothing is
// created without consent, and the plan names what the pod checks.
func TestProbe_review(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p := newPlace(t).at(c)
	answers := p.file("answers.yaml", "version: 1\ndatabase: {type: sqlite}\nsecretsStore: {type: aws, "+
		"aws: {authMethod: implicit, region: us-east-1}}\n")
	e := p.guidedEngine(append([]string{"-f", answers, "-n", c.Namespace(t), "--only", "secrets.in-cluster"},
		chartFlags(c, "current")...)...)
	report, err := e.Preflight(t.Context(), e.file.Answers, false, nil)
	found, _ := report.ByID("secrets.in-cluster")
	if err != nil || found.Status != check.Skipped || !strings.Contains(found.Message, "no test secret is created yet") {
		t.Errorf("%s, %s, %v", found.Status, found.Message, err)
	}
	e = p.guidedEngine(append([]string{"-f", answers, "-n", "never-made-probe"}, chartFlags(c, "current")...)...)
	if _, err := e.Preflight(t.Context(), e.file.Answers, false, nil); err != nil {
		t.Fatal(err)
	}
	plan, err := e.Prepare(t.Context(), e.file.Answers)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(plan.Review().Sentences, "\n")
	if !strings.Contains(said, "Check the secrets store from a pod, before the release is installed.") {
		t.Errorf("the plan says:\n%s", said)
	}
}
