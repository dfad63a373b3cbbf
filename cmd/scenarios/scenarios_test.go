// Package scenarios_test installs the sample answers with the real ZenML server
// on a real cluster, and verifies their effects: data survives, connections are
// encrypted, secrets are in their store.
//
// make test-scenarios runs all scenarios, make test those marked as quick.
package scenarios_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// asInstaller makes the test binary run as the installer, for tests that need it as a process.
const asInstaller = "ZENML_TEST_AS_INSTALLER"

func TestMain(m *testing.M) {
	if os.Getenv(asInstaller) != "" || len(os.Args) == 2 && os.Args[1] == chart.RendererArgument {
		os.Exit(cmd.Main(os.Args[1:], cmd.System()))
	}
	testcluster.Main(m)
}

// current is the server version that scenarios install.
const current = testcluster.RealCurrent

// scenario is one way to install the server.
type scenario struct {
	name    string
	quick   bool     // also part of make test
	samples []string // samples that it installs
	run     func(i *installation)
}

// scenarios returns all scenarios.
func scenarios() []scenario {
	return slices.Concat(databases, tlsModes, stores, backups, upgrades, pods, profiles, exposed)
}

// runAll reports whether the slow scenarios run too.
func runAll() bool { return os.Getenv("ZENML_TEST_SCENARIOS") == "all" }

func TestScenarios(t *testing.T) {
	c := testcluster.Start(t)
	for _, version := range []string{testcluster.RealCurrent, testcluster.RealLegacy} {
		c.RealServer(t, version)
	}
	for _, s := range scenarios() {
		if !s.quick && !runAll() {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(newInstallation(t, c, s.samples...))
		})
	}
}

// notInstalled maps samples that no scenario installs to the reason. The tests
// of render/ cover their values.
var notInstalled = map[string]string{
	"external-auth.yaml":        "needs an external login service",
	"mysql-rds-iam.yaml":        "needs AWS RDS",
	"store-aws-identity.yaml":   "needs the pod's identity of EKS",
	"store-azure-identity.yaml": "needs the pod's identity of AKS",
	"store-gcp-identity.yaml":   "needs the pod's identity of GKE",
}

// TestSamplesAreInstalled fails for a sample that no scenario installs.
func TestSamplesAreInstalled(t *testing.T) {
	used := map[string]bool{}
	for _, s := range scenarios() {
		for _, sample := range s.samples {
			used[sample] = true
		}
	}
	for _, e := range exposures {
		used[e.sample] = true
	}
	files, err := filepath.Glob(filepath.Join(samples, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples in %s: %v", samples, err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		reason, excepted := notInstalled[name]
		switch {
		case used[name] && excepted:
			t.Errorf("%s is installed, but listed as not installed: %s", name, reason)
		case !used[name] && !excepted:
			t.Errorf("no scenario installs %s", name)
		}
	}
}
