package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestTwoAtOnce(t *testing.T) {
	needReal(t)
	names := []string{"left", "right"}
	sandboxes := make([]*sandbox, len(names))
	var both sync.WaitGroup
	for i, name := range names {
		both.Go(func() { sandboxes[i] = up(t, name, "--nodes", "real") })
	}
	both.Wait()
	if sandboxes[0] == nil || sandboxes[1] == nil {
		t.FailNow()
	}
	left, right := sandboxes[0], sandboxes[1]
	if left.Network.Subnet == right.Network.Subnet || left.Registry.Address == right.Registry.Address {
		t.Errorf("both have subnet %s, registry %s", left.Network.Subnet, left.Registry.Address)
	}
	left.create(t, left.pod("only-left", nil, nil))
	pods, err := right.client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(pods.Items) != 0 {
		t.Errorf("the right sandbox has pods of the left one")
	}
	right.create(t, right.pod("only-right", nil, nil))
	left.waitPhase(t, "only-left", corev1.PodRunning)
	right.waitPhase(t, "only-right", corev1.PodRunning)
}

// TestKilled kills each process that a sandbox depends on, and removes what is left.
func TestKilled(t *testing.T) {
	for _, kind := range []string{"real", "simulated"} {
		t.Run(kind, func(t *testing.T) {
			if kind == "real" {
				needReal(t)
			}
			killed(t, kind)
		})
	}
}

func killed(t *testing.T, kind string) {
	before := host(t)
	s := up(t, "killed-"+kind, "--nodes", kind)
	s.create(t, s.pod("running", nil, nil))
	s.waitPhase(t, "running", corev1.PodRunning)

	kill(t, s.PIDs["kube-scheduler"])
	eventually(t, 10*time.Second, func(context.Context) string {
		record := status(t, s.Name)
		if record.State != "broken" || len(record.Failures) != 1 || record.Failures[0].Component != "kube-scheduler" {
			return "state " + record.State + ", want broken by kube-scheduler"
		}
		return ""
	})
	killSupervisor(t, s)
	down(t, s.Name)
	host(t).assertNothingOf(t, s, before)
	if record := status(t, s.Name); record.State != "stopped" {
		t.Errorf("state %q after down, want stopped", record.State)
	}
	down(t, s.Name) // removing a missing sandbox is not an error
}

// TestUpReplacesBroken starts a sandbox over the remains of a killed one.
func TestUpReplacesBroken(t *testing.T) {
	s := up(t, "replaced", "--nodes", "simulated", "--database", "none")
	killSupervisor(t, s)
	again := up(t, "replaced", "--nodes", "simulated", "--database", "none")
	if again.State != "running" || again.PIDs["supervisor"] == s.PIDs["supervisor"] {
		t.Errorf("state %q, supervisor %d", again.State, again.PIDs["supervisor"])
	}
	if again.Database != nil {
		t.Errorf("there is a database although none was asked for: %+v", again.Database)
	}
}

// TestOwner kills the owner of a sandbox.
func TestOwner(t *testing.T) {
	before := host(t)
	owner := exec.Command("sleep", "600")
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	s := up(t, "owned", "--nodes", "simulated", "--database", "none", "--owner", fmt.Sprint(owner.Process.Pid))
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // it was killed
	eventually(t, 30*time.Second, func(context.Context) string {
		if record := status(t, s.Name); record.State != "stopped" {
			return "state " + record.State + " after the owner's end, want stopped"
		}
		return ""
	})
	down(t, s.Name) // waits for the running down
	host(t).assertNothingOf(t, s, before)
}

func TestFailedUpLeavesNothing(t *testing.T) {
	before := host(t)
	_, stderr, err := command(
		t,
		"up",
		"--name",
		"failed",
		"--nodes",
		"simulated",
		"--server",
		"stand-in",
		"--timeout",
		"1s",
	)
	if err == nil || !strings.Contains(stderr, "not ready after 1s") {
		t.Fatalf("up with a time-out of 1 s: %v\n%s", err, stderr)
	}
	record := status(t, "failed")
	if record.State != "stopped" {
		t.Errorf("state %q, want stopped", record.State)
	}
	host(t).assertNothingOf(t, &sandbox{Record: record}, before)
}

// killSupervisor kills a sandbox's supervisor and waits until its status shows
// that.
func killSupervisor(t *testing.T, s *sandbox) {
	t.Helper()
	kill(t, s.PIDs["supervisor"])
	eventually(t, 10*time.Second, func(context.Context) string {
		if record := status(t, s.Name); record.State != "broken" ||
			record.Failures[len(record.Failures)-1].Component != "supervisor" {
			return "state " + record.State + ", want broken by the supervisor's end"
		}
		return ""
	})
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if pid <= 1 {
		t.Fatalf("no process id: %d", pid)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownFlagsAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"up", "--nodes", "imaginary"}, {"up", "--count", "0"}, {"up", "--database", "oracle"}, {"up", "--server", "imaginary"}, {"up", "--name", "Not/Valid"}, {"status", "-o", "xml"},
	} {
		if _, stderr, err := command(t, args...); err == nil || stderr == "" {
			t.Errorf("%v: %v %q", args, err, stderr)
		}
	}
	if _, err := os.Stat(os.Getenv("ZENML_SANDBOX_STATE") + "/Not"); err == nil {
		t.Error("an invalid name made a folder")
	}
}
