package wizard

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/term"

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
	state := filepath.Join(t.TempDir(), "zenml-installer", "answers.yaml")
	type ending struct {
		outcome Outcome
		err     error
	}
	ended := make(chan ending, 1)
	begin := time.Now()
	go func() {
		o, err := Run(context.Background(), Options{Engine: newStage(), Input: program, Output: program, StatePath: state})
		ended <- ending{o, err}
	}()
	w.sees("https://127.0.0.1:16443")
	t.Logf("the first question was shown after %s", time.Since(begin))
	w.types("\r\r\r")
	w.sees("Yes, install into sandbox")
	w.types("\x1b[B\r")
	w.sees("Where the server stores pipelines")
	w.types("\x1b[B\rdb.example.com\r\r\rzen\r" + canary + "\r") // as fast as a paste
	w.sees("How the connection to the database is encrypted")
	w.types("\x03")
	got := <-ended
	if got.err != nil || got.outcome.Ending != Left {
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

// checkState checks the state file of an unfinished run.
func checkState(t *testing.T, path string) {
	t.Helper()
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
	run := saved.Read(path)
	if run == nil || run.Step != "Database" || run.Answers.Database.MySQL.User != "zen" {
		t.Errorf("%+v", run)
	}
}

func TestResumeAtMissingSecret(t *testing.T) {
	state := filepath.Join(t.TempDir(), "answers.yaml")
	with := func(o *Options) { o.StatePath = state }
	p := newPerson(t, with).throughCluster().throughMySQL().press("enter")
	p.press("ctrl+c").leaves()

	again := newPerson(t, with).sees("Continue your previous install?", "Secrets you typed were not saved", "Continue at Secrets").press("enter")
	if f := again.form(); f == nil || f.current().Key != "database.mysql.password" {
		t.Fatalf("not at the missing secret\n%s", again.m.View())
	}
	again.press(canary, "enter").sees("Secrets store", "● Secrets", "✓ Database", "! Cluster")
	for range 20 {
		if f := again.form(); f != nil && f.current().Key == guardKey {
			break
		}
		again.press("enter")
	}
	again.sees("Yes, install").press("down", "enter").toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	again.stage.finish <- nil
	again.sees("Server ready").until("the state file to go", func() bool { return saved.Read(state) == nil })
}

// An install that was left is gone on with at its review: after the secrets
// that are missing and a word that it is the right cluster, and nothing else.
func TestResumeFailedInstallAtReview(t *testing.T) {
	state := filepath.Join(t.TempDir(), "answers.yaml")
	with := func(o *Options) { o.StatePath = state }
	p := newPerson(t, with).throughCluster().throughMySQL().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.stage.finish <- errors.New("boom")
	p.sees("The install failed").press("q").leaves()

	again := newPerson(t, with).sees("Continue at Review").press("enter").sees("│ Password")
	again.press(canary, "enter").sees("Is this the right cluster?", "Yes, install")
	if len(again.stage.prepared) > 0 {
		t.Error("the plan was prepared before the cluster was confirmed")
	}
	again.press("down", "enter").sees("Create namespace zenml-server", "in 1.2s")
}

func TestResumeAtQuestion(t *testing.T) {
	state := filepath.Join(t.TempDir(), "answers.yaml")
	with := func(o *Options) { o.StatePath = state }
	newPerson(t, with).throughCluster().to("expose.type").press("ctrl+c").leaves()
	again := newPerson(t, with).sees("Continue at Access").press("enter").sees("● Access")
	again.until("the contexts", func() bool { return len(again.m.responses.Questions("Database")[0].Choices) == 3 })
	if f := again.form(); f == nil || f.current().Key != "expose.type" {
		t.Fatalf("not at the question where it stopped\n%s", again.m.View())
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
	if !strings.Contains(said.String(), "Stopping after the current step") {
		t.Errorf("it waits without a message: %q", said.String())
	}
}
