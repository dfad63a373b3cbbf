// Command openbao is the OpenBao server, a real Vault for the tests of the
// secrets store. It is a module of its own so that none of its dependencies
// reach the installer.
package main

import (
	"os"

	"github.com/openbao/openbao/command"
)

func main() { os.Exit(command.Run(os.Args[1:])) }
