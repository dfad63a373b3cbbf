// Command image writes the container image for CI jobs as an OCI layout, and pushes such a
// layout to a registry. The image is the program and the CA certificates, without a shell,
// and runs as a user that is not root.
package main

import (
	"context"
	"fmt"
	"os"
)

const usage = `usage: image write FOLDER TAG CERTIFICATES ARCHITECTURE=PROGRAM…
       image push FOLDER TAG REPOSITORY`

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, verb string, args []string) error {
	switch verb {
	case "write":
		return write(ctx, args[0], args[1], args[2], args[3:])
	case "push":
		pushed, err := pushLayout(ctx, args[0], args[1], args[2])
		if err == nil {
			_, err = fmt.Fprintln(os.Stdout, pushed)
		}
		return err
	}
	return fmt.Errorf("%s: must be write or push", verb)
}
