package chart

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const allocates = "ZENML_TEST_ALLOCATES"

// TestLimitMemory refuses an allocation that asks for very much at once, in a process
// of its own, which it ends. Less than the limit is granted.
func TestLimitMemory(t *testing.T) {
	if os.Getenv(allocates) != "" {
		limitMemory()
		for _, size := range []int{growthLimit / 3, 2_000_000_000} {
			fmt.Println("allocated", len(bytes.Repeat([]byte("x"), size)))
		}
		return
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestLimitMemory$")
	command.Env = append(os.Environ(), allocates+"=1")
	output, err := command.CombinedOutput()
	if err == nil || strings.Count(string(output), "allocated") != 1 || !strings.Contains(string(output),
		"out of memory") {
		t.Errorf("%v: %.600s", err, output)
	}
}
