package testcluster

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Environment variables with which make test shares one sandbox between all
// packages.
const (
	envRecord = "ZENML_TEST_SANDBOX_JSON" // file with the record of a running sandbox
	envBinary = "ZENML_SANDBOX"           // the sandbox's program, if it is already built
)

var (
	start = sync.OnceValues(func() (*Cluster, error) {
		return startOnce(os.Getenv(envRecord), "") //nolint:forbidigo // set by make test
	})
	startHTTPS = sync.OnceValues(func() (*Cluster, error) { return startOnce("", "https") })

	mu      sync.Mutex
	stopped []func() // functions that remove the sandboxes started by this process
)

// Start returns the sandbox and starts it on the first call. The test is
// skipped with -short and fails if the sandbox cannot run. Packages that use it
// have a TestMain that calls Main.
func Start(t testing.TB) *Cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("needs the sandbox, which -short skips")
	}
	cluster, err := start()
	if err != nil {
		t.Fatalf("the sandbox did not start: %v", err)
	}
	return cluster
}

// StartHTTPS returns a sandbox with cert-manager, an ACME server and an ingress
// controller. It is separate from that of Start, whose tests need a cluster
// without them.
func StartHTTPS(t testing.TB) *Cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("needs the sandbox, and -short was asked for")
	}
	cluster, err := startHTTPS()
	if err != nil {
		t.Fatalf("the sandbox with HTTPS does not start: %v", err)
	}
	return cluster
}

// parallel is the number of parallel tests: they mostly wait for the cluster.
const parallel = "8"

// Main runs the tests of a package, more of them in parallel than there are
// processors, and removes the sandbox if they started it.
func Main(m interface{ Run() int }) {
	_ = flag.Set("test.parallel", parallel) // an explicit -parallel flag takes precedence
	code := m.Run()
	for _, stop := range stopped {
		stop()
	}
	os.Exit(code)
}

// startOnce returns the sandbox of a record, or starts one, optionally with an
// add-on.
func startOnce(record, addon string) (*Cluster, error) {
	if record != "" {
		data, err := os.ReadFile(record) //nolint:gosec // named by make test
		if err != nil {
			return nil, err
		}
		return read(data)
	}
	binary, err := build(addon)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("go-test-%s%d", addon, os.Getpid())
	mu.Lock()
	stopped = append(stopped, func() { _, _ = run(binary, "down", "--name", name) })
	mu.Unlock()
	args := []string{"up", "--name", name, "--nodes", "real", "--server", "stand-in", "--owner",
		strconv.Itoa(os.Getpid())}
	if addon != "" {
		args = append(args, "--addons", addon)
	}
	if _, err := run(binary, args...); err != nil {
		return nil, err
	}
	data, err := run(binary, "status", "--name", name, "-o", "json")
	if err != nil {
		return nil, err
	}
	return read(data)
}

// build builds the sandbox's program, optionally with an add-on, unless its
// sources are unchanged, and returns its path.
func build(addon string) (string, error) {
	if path := os.Getenv(envBinary); path != "" && addon == "" { //nolint:forbidigo // set by make test
		return path, nil
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	args := []string{}
	if addon != "" {
		args = append(args, "--addons", addon)
	}
	path, err := run(filepath.Join(root, "sandbox", "build.sh"), args...)
	return strings.TrimSpace(string(path)), err
}

// Root returns the folder of the module under test.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "sandbox", "build.sh")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no folder above the test has sandbox/build.sh")
		}
	}
}

// stateHome contains the sandboxes' records. Tests set the variable to folders of theirs.
var stateHome = os.Getenv("XDG_STATE_HOME")

func run(name string, args ...string) ([]byte, error) {
	var out, talk bytes.Buffer
	command := exec.Command(name, args...) //nolint:gosec,noctx // the sandbox's own program
	command.Stdout, command.Stderr = &out, &talk
	command.Env = append(os.Environ(), "XDG_STATE_HOME="+stateHome)
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, talk.String())
	}
	return out.Bytes(), nil
}

// record is the part of a sandbox's record that tests use.
type record struct {
	Name       string
	State      string
	Kubeconfig string
	Kubernetes struct{ Version string }
	Nodes      struct{ Kind string }
	Registry   struct{ Address, NodeAddress string }
	Network    struct{ HostAddress string }
	HTTPS      HTTPS
	Charts     []struct{ Ref, Version, Generation, Image, Server string }
	Database   *struct {
		Host, User, PasswordFile, CAFile string
		Port                             int
	}
}

func read(data []byte) (*Cluster, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("the sandbox's record: %w", err)
	}
	if r.State != "running" {
		return nil, fmt.Errorf("the sandbox is %s", r.State)
	}
	c := &Cluster{
		Kubeconfig: r.Kubeconfig, Version: r.Kubernetes.Version, Charts: map[string]Chart{},
		name: r.Name, HostAddress: r.Network.HostAddress, Registry: r.Registry.Address,
		NodeRegistry: r.Registry.NodeAddress,
		RealNodes:    r.Nodes.Kind == "real",
		HTTPS:        r.HTTPS,
	}
	for _, chart := range r.Charts {
		if chart.Server == "real" {
			continue
		}
		c.Charts[chart.Generation] = Chart{Ref: chart.Ref, Version: chart.Version, Image: chart.Image,
			Generation: chart.Generation}
	}
	if r.Database != nil {
		password, err := os.ReadFile(r.Database.PasswordFile)
		if err != nil {
			return nil, err
		}
		c.Database = Database{Host: r.Database.Host, Port: r.Database.Port, User: r.Database.User,
			Password: secret.New(strings.TrimSpace(string(password))), CAFile: r.Database.CAFile}
	}
	return c, nil
}
