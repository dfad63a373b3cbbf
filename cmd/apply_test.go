package cmd

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// allKills tries every write of an operation as a kill point, instead of a few.
const allKills = "ZENML_TEST_ALL_KILLS"

// killBench is a namespace in which runs of the installer are killed.
type killBench struct {
	*place
	cluster   *testcluster.Cluster
	namespace string
	proxy     *testcluster.Proxy
	answers   []string
}

func newKillBench(t *testing.T, c *testcluster.Cluster) *killBench {
	t.Helper()
	b := &killBench{place: newPlace(t).at(c), cluster: c, namespace: c.Namespace(t), proxy: c.Proxy(t)}
	b.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	b.answers = b.mysqlFlags(c)
	return b
}

// operation is a command that is killed and then repeated.
type operation struct {
	name    string
	prepare func(*killBench) // what was there before
	args    func(*killBench) []string
}

var operations = []operation{
	{"install", func(*killBench) {}, func(b *killBench) []string { return b.installArgs("5") }},
	{"upgrade", func(b *killBench) { b.mustRun(b.installArgs("5")) }, func(b *killBench) []string { return b.installArgs("7") }},
	{"uninstall", func(b *killBench) { b.mustRun(b.installArgs("5")) }, (*killBench).uninstallArgs},
}

func (b *killBench) installArgs(pool string) []string {
	args := []string{"install", "-f", filepath.Join("..", "assets", "answers", "mysql.yaml"), "--yes", "-n", b.namespace,
		"--output", filepath.Join(b.dir, "custom-values.yaml"), "--force", "-v",
		"--answer", "database.mysql.pool.size=" + pool}
	args = append(args, b.answers...)
	args = append(args, chartFlags(b.cluster, "current")...)
	for _, group := range []string{"cluster.admission", "database", "secrets", "expose", "network", "local", "supply"} {
		args = append(args, "--skip", group)
	}
	return args
}

func (b *killBench) uninstallArgs() []string {
	return []string{"uninstall", "-n", b.namespace, "--yes"}
}

func (b *killBench) mustRun(args []string) result {
	b.t.Helper()
	return b.runs(args...).want(b.t, exitDone)
}

// write is a request that changed something, after the run locked the release.
type write struct{ method, path string }

func (w write) String() string { return w.method + " " + w.path }

// writes follows the writes of a run. Those before the lock are the preflight's.
type writes struct {
	mu     sync.Mutex
	locked bool
	seen   []write
}

// add returns the number of writes so far, and whether this request is one.
func (w *writes) add(r *http.Request, status int, namespace string) (int, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lease := strings.Contains(r.URL.Path, "/leases")
	w.locked = w.locked || lease && r.Method != http.MethodGet && status < http.StatusBadRequest
	if r.Method == http.MethodGet || !w.locked || lease && len(w.seen) > 0 || status >= http.StatusBadRequest ||
		strings.HasSuffix(r.URL.Path, "/portforward") {
		return len(w.seen), false
	}
	_, path, _ := strings.Cut(r.URL.Path, "/namespaces/"+namespace+"/")
	w.seen = append(w.seen, write{r.Method, path})
	return len(w.seen), true
}

// process runs the installer as a process, through the proxy, and kills it at a
// write; 0 lets it end.
func (b *killBench) process(args []string, killAt int) (*writes, string, error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 4*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], append(args, "--kubeconfig", b.proxy.Kubeconfig(b.t))...)
	command.Env = append(os.Environ(), asInstaller+"=1", "ZENML_ADMIN_PASSWORD="+adminPassword)
	var talk bytes.Buffer
	command.Stderr = &talk
	seen := &writes{}
	b.proxy.After(func(r *http.Request, status int) {
		if n, ok := seen.add(r, status, b.namespace); ok && n == killAt {
			_ = command.Process.Kill()
		}
	})
	err := command.Run()
	b.proxy.After(nil)
	return seen, talk.String(), err
}

// interruptAt interrupts a command when it creates an object.
func (b *killBench) interruptAt(created string, command *exec.Cmd) {
	b.proxy.After(func(r *http.Request, _ int) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, created) && r.URL.Query().Get("dryRun") == "" {
			_ = command.Process.Signal(os.Interrupt)
		}
	})
}

// keys returns the keys that are in the cluster: the one that encrypts the
// server's secrets, and the one that signs its tokens.
func (b *killBench) keys() map[string]string {
	b.t.Helper()
	found, err := b.cluster.Client(b.t).CoreV1().Secrets(b.namespace).List(b.t.Context(), metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	keys := map[string]string{}
	for _, s := range found.Items {
		for _, key := range []string{manifest.EncryptionKey, "ZENML_SERVER_JWT_SECRET_KEY"} {
			if value := s.Data[key]; len(value) > 0 && !strings.HasSuffix(s.Name, "-db-migration") {
				keys[s.Name+"/"+key] = string(value)
			}
		}
	}
	return keys
}

// leftovers lists what an uninstall must not leave: everything but Secrets with
// encryption keys.
func (b *killBench) leftovers() []string {
	b.t.Helper()
	ctx, client := b.t.Context(), b.cluster.Client(b.t)
	var left []string
	secrets, err := client.CoreV1().Secrets(b.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, s := range secrets.Items {
		if len(s.Data[manifest.EncryptionKey]) == 0 {
			left = append(left, "Secret "+s.Name)
		}
	}
	jobs, err := client.BatchV1().Jobs(b.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, j := range jobs.Items {
		left = append(left, "Job "+j.Name)
	}
	leases, err := client.CoordinationV1().Leases(b.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, l := range leases.Items {
		left = append(left, "Lease "+l.Name)
	}
	accounts, err := client.CoreV1().ServiceAccounts(b.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, a := range accounts.Items {
		if a.Name != "default" {
			left = append(left, "ServiceAccount "+a.Name)
		}
	}
	return left
}

// TestKilledRun kills a run at its writes, with the answer of the API server not
// yet read. The same command continues: it ends well, keeps all keys, and leaves
// nothing behind.
func TestKilledRun(t *testing.T) {
	c := testcluster.Start(t)
	for _, o := range operations {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			b := newKillBench(t, c)
			o.prepare(b)
			seen, talk, err := b.process(o.args(b), 0)
			if err != nil {
				t.Fatalf("%v\n%s", err, talk)
			}
			for i, w := range seen.seen {
				if os.Getenv(allKills) == "" && i%7 != 3 { //nolint:forbidigo // set by make kills
					continue
				}
				t.Run(fmt.Sprintf("%02d %s", i+1, w), func(t *testing.T) {
					t.Parallel()
					testKill(t, newKillBench(t, c), o, i+1)
				})
			}
		})
	}
}

func testKill(t *testing.T, b *killBench, o operation, at int) {
	o.prepare(b)
	before := b.keys()
	_, talk, err := b.process(o.args(b), at)
	if err == nil {
		t.Fatalf("the run was not killed\n%s", talk)
	}
	if o.name != "uninstall" {
		for key, value := range b.keys() { // also those that the killed run generated
			before[key] = value
		}
	}
	status := b.releaseStatus()
	begin := time.Now()
	_, again, err := b.process(o.args(b), 0)
	took := time.Since(begin).Round(time.Second)
	if err != nil {
		t.Fatalf("the same command again: %v\n--- killed\n%s\n--- again\n%s", err, talk, again)
	}
	after := b.keys()
	for key, value := range before {
		if o.name == "uninstall" && strings.HasSuffix(key, "JWT_SECRET_KEY") {
			continue
		}
		if after[key] != value {
			t.Errorf("%s has changed\n--- again\n%s", key, again)
		}
	}
	t.Logf("KILL %s | release %s | again: exit 0 after %s", t.Name(), status, took)
	if o.name != "uninstall" {
		b.mustRun(b.uninstallArgs())
	}
	if left := b.leftovers(); len(left) > 0 {
		t.Errorf("left behind: %s\n--- killed\n%s\n--- again\n%s", strings.Join(left, ", "), talk, again)
	}
}

// releaseStatus is Helm's status of the newest revision, or "-".
func (b *killBench) releaseStatus() string {
	b.t.Helper()
	found, err := b.cluster.Client(b.t).CoreV1().Secrets(b.namespace).List(b.t.Context(),
		metav1.ListOptions{LabelSelector: "owner=helm"})
	if err != nil {
		b.t.Fatal(err)
	}
	newest, status := "", "-"
	for _, s := range found.Items {
		if s.Labels["version"] > newest {
			newest, status = s.Labels["version"], s.Labels["status"]
		}
	}
	return status
}
