package wizard

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// window is a pseudo-terminal and its output.
type window struct {
	t    *testing.T
	user *os.File
	mu   sync.Mutex
	all  bytes.Buffer
}

func newWindow(t *testing.T) (w *window, program *os.File) {
	t.Helper()
	user, program, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(user, &pty.Winsize{Rows: 30, Cols: 90}); err != nil {
		t.Fatal(err)
	}
	w = &window{t: t, user: user}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 4096)
		for {
			n, err := user.Read(buffer)
			w.mu.Lock()
			w.all.Write(buffer[:n])
			w.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { _ = program.Close(); _ = user.Close(); <-done })
	return w, program
}

func (w *window) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return ansi.Strip(w.all.String())
}

// sees waits for a text.
func (w *window) sees(text string) {
	w.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !strings.Contains(w.text(), text) {
		if time.Now().After(deadline) {
			w.t.Fatalf("timed out waiting for %q in\n%s", text, w.text())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (w *window) types(text string) {
	w.t.Helper()
	if _, err := w.user.WriteString(text); err != nil {
		w.t.Fatal(err)
	}
}

func TestRunRestoresTerminal(t *testing.T) {
	w, program := newWindow(t)
	before, err := term.GetState(int(program.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "zenml-installer", "unfinished")
	type ending struct {
		outcome Outcome
		err     error
	}
	ended := make(chan ending, 1)
	begin := time.Now()
	go func() {
		o, err := Run(context.Background(),
			Options{Engine: newStage(), Input: program, Output: program, Unfinished: saved.Folder(state)})
		ended <- ending{o, err}
	}()
	w.sees("Step by step")
	t.Logf("the first question was shown after %s", time.Since(begin))
	w.types("s")
	w.sees("https://127.0.0.1:16443")
	w.types("\r\r\r")
	w.sees("Yes, install into sandbox")
	w.types("\x1b[B\r")
	w.sees("Where the server stores pipelines")
	w.types("\x1b[B\rdb.example.com\r\r\rzen\r" + canary + "\r") // as fast as a paste
	w.sees("How the connection to the database is encrypted")
	w.types("\x03")
	got := <-ended
	if got.err != nil || got.outcome.Ending != Canceled {
		t.Errorf("%+v", got)
	}
	after, err := term.GetState(int(program.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if *after != *before {
		t.Error("the state of the terminal was not restored")
	}
	if strings.Contains(w.text(), canary) {
		t.Error("the secret was drawn")
	}
	checkState(t, state)
}

// checkState checks the only file in the folder of unfinished installs.
func checkState(t *testing.T, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	path := files[0]
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte(canary)) {
		t.Errorf("the secret is in the state file:\n%s", content)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s", info.Mode())
	}
	runs := saved.Folder(folder).List(answers.Cluster{})
	if len(runs) != 1 || runs[0].Step != "Database" || runs[0].Answers.Database.MySQL.User != "zen" {
		t.Errorf("%+v", runs)
	}
}

func TestShutdownWaitsForInstall(t *testing.T) {
	var said bytes.Buffer
	p := newPerson(t, func(o *Options) { o.Output = &said })
	p.throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.cancel()
	p.m.shutdown()
	if got := p.m.outcomeWithAnswers(); got.Ending != Stopped || got.Err == nil || len(p.stage.ended) != 1 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(said.String(), "Stopping the install") {
		t.Errorf("it waits without a message: %q", said.String())
	}
}
