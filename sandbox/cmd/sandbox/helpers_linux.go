package main

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/nodeinit"
)

func platformHelpers() map[string]func([]string) int {
	return map[string]func([]string) int{nodeinit.Command: firstProcess}
}

func firstProcess(args []string) int {
	if len(args) != 1 {
		return complain(fmt.Errorf("%s is started by the supervisor", nodeinit.Command))
	}
	if err := nodeinit.Main(args[0]); err != nil {
		return complain(err)
	}
	return 0
}
