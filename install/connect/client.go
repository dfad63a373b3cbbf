package connect

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// clientTimeout limits how long Python may take to report a version.
const clientTimeout = 5 * time.Second

// ClientVersion returns the version of the zenml client that a PATH finds, or "" if there is none or its version is
// unknown. It asks the client's Python for the installed package, because the client itself takes seconds to start.
func ClientVersion(ctx context.Context, path string) string {
	ctx, cancel := context.WithTimeout(ctx, clientTimeout)
	defer cancel()
	for _, dir := range filepath.SplitList(path) {
		script := filepath.Join(dir, "zenml")
		if info, err := os.Stat(script); err != nil || info.IsDir() {
			continue
		}
		python := interpreterOf(script)
		if python == "" {
			return ""
		}
		const program = "import importlib.metadata as m; print(m.version('zenml'))"
		out, err := exec.CommandContext(ctx, python, "-c", program).Output() //nolint:gosec // the client's own Python
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	return ""
}

// longInterpreter is the second line of scripts whose Python has too long a path for the first.
var longInterpreter = regexp.MustCompile(`^'''exec' "?([^"]+?)"? "\$0"`)

// interpreterOf returns the Python that runs a script, or "".
func interpreterOf(script string) string {
	file, err := os.Open(script) //nolint:gosec // a program in the user's PATH
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for n := 0; n < 2 && lines.Scan(); n++ {
		python, isFirst := strings.CutPrefix(lines.Text(), "#!")
		if match := longInterpreter.FindStringSubmatch(lines.Text()); match != nil {
			python, isFirst = match[1], true
		}
		if python = strings.TrimSpace(python); isFirst && strings.HasPrefix(filepath.Base(python), "python") {
			return python
		}
	}
	return ""
}

// CompareClient returns a sentence if a client is older or newer than its server, with the command that installs the
// right one. Otherwise, or if a version is unknown, it returns "".
func CompareClient(client, server string) string {
	ours, errClient := semver.NewVersion(client)
	theirs, errServer := semver.NewVersion(server)
	if errClient != nil || errServer != nil || ours.Equal(theirs) {
		return ""
	}
	relation := "older"
	if ours.GreaterThan(theirs) {
		relation = "newer"
	}
	return fmt.Sprintf("The zenml client on this machine is %s, %s than the server (%s). Install the server's version "+
		"with: pip install \"zenml==%s\"", client, relation, server, server)
}
