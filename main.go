// Command zenml-installer installs a ZenML server on a Kubernetes cluster.
package main

import (
	"os"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/startup"
)

func main() {
	startup.Begin()
	os.Exit(cmd.Main(os.Args[1:], cmd.System()))
}
