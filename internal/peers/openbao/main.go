// Command openbao is the OpenBao server, a Vault for the tests of the secrets store. It is a separate module, so that the
// installer does not get its dependencies.
package main

import (
	"os"

	"github.com/openbao/openbao/command"
)

func main() { os.Exit(command.Run(os.Args[1:])) }
