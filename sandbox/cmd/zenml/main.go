// Command zenml is the entrypoint of the stand-in server's image. It runs under
// the names that the chart and the node call: zenml for the server and the
// migration, sleep for the chart's preStop hook, pause for the pod's
// infrastructure container, and python3 for the script with which the installer
// checks the database from a pod.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

// version is set at build time (-X main.version=…); the environment's ZENML_STANDIN_VERSION takes precedence.
var version string

// Exit codes: 1 for a failed migration, and 3, like uvicorn's, for a failed
// start.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitStartFailed = 3
)

func main() { os.Exit(run(os.Args)) }

func run(args []string) int {
	command, rest := "server", []string{}
	if len(args) > 1 {
		command, rest = args[1], args[2:]
	}
	if filepath.Base(args[0]) == "sleep" {
		command, rest = "sleep", args[1:]
	}
	if filepath.Base(args[0]) == "python3" {
		return python(args[1:])
	}
	switch command {
	case "server":
		return serve(environment())
	case "migrate-database":
		return migrate(environment())
	case "pause":
		return pause()
	case "sleep":
		return sleep(rest)
	}
	fmt.Fprintf(os.Stderr, "zenml: unknown command %q: use server, migrate-database, pause or sleep\n", command)
	return exitUsage
}

// environment returns the process's environment, with the built-in version as the default.
func environment() standin.Env {
	env := standin.Env{}
	if version != "" {
		env["ZENML_STANDIN_VERSION"] = version
	}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	return env
}
