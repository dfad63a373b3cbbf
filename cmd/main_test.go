package cmd

import (
	"os"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// The test binary is also the installer itself, for tests that need it as a
// process, and the browser that such an installer opens.
const (
	asInstaller = "ZENML_TEST_AS_INSTALLER"
	asBrowser   = "activate-in-a-browser"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asBrowser {
		os.Exit(activateInBrowser(os.Args[2]))
	}
	if os.Getenv(asInstaller) != "" {
		os.Exit(Main(os.Args[1:], System()))
	}
	testcluster.Main(m)
}
