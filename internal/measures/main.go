// Command measures reports code metrics and fails if one exceeds its limit:
// function and file length, package size, line width, and test files without a
// source file of the same name.
//
//	go run ./internal/measures [folder]
package main

import (
	"fmt"
	"os"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	tree, err := readTree(root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "measures:", err)
		os.Exit(1)
	}
	failed := false
	for _, m := range tree.measures() {
		fmt.Fprintln(os.Stdout, m)
		failed = failed || !m.met
	}
	if failed {
		os.Exit(1)
	}
}
