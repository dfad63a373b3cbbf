package process

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// role makes the test binary run as another process.
const role = "ZENML_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "follower": // a component that runs until its supervisor has ended
		FollowLifeline()
		select {}
	case "failing":
		fmt.Println("something is wrong")
		os.Exit(7)
	case "supervisor":
		supervise()
	}
	os.Exit(m.Run())
}

// supervise starts a follower, prints its id, and waits to be killed.
func supervise() {
	local, err := NewLocal()
	if err != nil {
		panic(err)
	}
	pid, err := local.Start(
		Spec{Name: "follower", Path: os.Args[0], Env: []string{role + "=follower"}, Log: os.DevNull},
	)
	if err != nil {
		panic(err)
	}
	fmt.Println(pid)
	select {}
}

func TestExitIsReported(t *testing.T) {
	local, err := NewLocal()
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	log := filepath.Join(t.TempDir(), "log")
	pid, err := local.Start(Spec{Name: "failing", Path: os.Args[0], Env: []string{role + "=failing"}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case exit := <-local.Exits():
		if exit.Name != "failing" || exit.PID != pid || exit.Status != "exit status 7" {
			t.Errorf("exit %+v", exit)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the end of a process was not reported")
	}
	if tail := Tail(log, 3); tail != "something is wrong" {
		t.Errorf("log %q", tail)
	}
}

func TestCloseEndsAll(t *testing.T) {
	local, err := NewLocal()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := local.Start(
		Spec{Name: "follower", Path: os.Args[0], Env: []string{role + "=follower"}, Log: os.DevNull},
	)
	if err != nil {
		t.Fatal(err)
	}
	local.Close()
	if alive(pid) {
		t.Errorf("process %d outlives its runner", pid)
	}
}

// TestLifeline kills a supervisor with SIGKILL; its component must end too.
func TestLifeline(t *testing.T) {
	supervisor := exec.Command(os.Args[0])
	supervisor.Env = append(os.Environ(), role+"=supervisor")
	out, err := supervisor.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := supervisor.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || !alive(pid) {
		t.Fatalf("component %q does not run (%v)", line, err)
	}
	if err := supervisor.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = supervisor.Wait()
	for deadline := time.Now().Add(10 * time.Second); alive(pid); {
		if time.Now().After(deadline) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("the component outlives its supervisor")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// alive reports whether a process is running. A zombie is not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return runtime.GOOS != "linux"
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func TestTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("1\n2\n3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Tail(path, 2); got != "2\n3" {
		t.Errorf("tail %q", got)
	}
	if got := Tail(path+".missing", 2); !strings.Contains(got, "no log") {
		t.Errorf("tail of a missing log %q", got)
	}
}
