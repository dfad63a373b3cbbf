// Package journal keeps a small log of what the installer did with a release:
// its steps with their times, without secrets. Every release has a file of its
// own on the machine that the installer runs on.
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/redact"
)

// Folder holds the journals. The zero value keeps nothing.
type Folder string

// Target identifies the release of a journal.
type Target struct{ Context, Namespace, Release string }

// Entry is a line of a journal.
type Entry struct {
	At         time.Time `json:"at"`
	Command    string    `json:"command,omitempty"` // a run starts: the command, without its arguments
	Installer  string    `json:"installer,omitempty"`
	Step       string    `json:"step,omitempty"`
	State      string    `json:"state,omitempty"` // started, finished or failed
	DurationMs int64     `json:"durationMs,omitempty"`
	Text       string    `json:"text,omitempty"` // the title of a step, an error or a notice
}

// maxSize limits a journal: the older half of a larger one is removed.
const maxSize = 256 << 10

var notInFileNames = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// File returns the path of a release's journal.
func (f Folder) File(t Target) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{t.Context, t.Namespace, t.Release}, "\n")))
	name := notInFileNames.ReplaceAllString(t.Release+"_"+t.Namespace+"_"+t.Context, "-")
	const longest = 80
	return filepath.Join(string(f), fmt.Sprintf("%.*s-%x.jsonl", longest, name, sum[:4]))
}

// Read returns the journal of a release, one JSON entry a line. It is empty if
// there is none.
func (f Folder) Read(t Target) ([]byte, error) {
	if f == "" {
		return nil, nil
	}
	content, err := os.ReadFile(f.File(t))
	if os.IsNotExist(err) {
		return nil, nil
	}
	return content, err
}

// Journal is an open journal. A nil Journal keeps nothing.
type Journal struct {
	mu       sync.Mutex
	file     *os.File
	redactor *redact.Redactor
}

// Open continues the journal of a release, with mode 0600, for one run of a
// command. The redactor masks the secrets that it knows.
func (f Folder) Open(t Target, command, installer string, redactor *redact.Redactor) (*Journal, error) {
	if f == "" {
		return nil, nil
	}
	path := f.File(t)
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return nil, err
	}
	if err := shorten(path); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{file: file, redactor: redactor}
	j.write(Entry{Command: command, Installer: installer})
	return j, nil
}

// shorten removes the older half of a journal that has become too large.
func shorten(path string) error {
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) || err == nil && len(content) <= maxSize {
		return nil
	}
	if err != nil {
		return err
	}
	content = content[len(content)-maxSize/2:]
	_, content, _ = bytes.Cut(content, []byte("\n"))
	return os.WriteFile(path, content, 0o600) //nolint:gosec // a journal in the installer's own folder
}

// Observe returns an observer that records steps and notices and passes every
// event on to next, which may be nil.
func (j *Journal) Observe(next event.Observer) event.Observer {
	return func(e event.Event) {
		if entry, ok := entryOf(e); ok {
			j.write(entry)
		}
		if next != nil {
			next(e)
		}
	}
}

// entryOf returns the entry for an event. Log lines and objects are left out:
// the cluster has them.
func entryOf(e event.Event) (Entry, bool) {
	switch e := e.(type) {
	case event.StepStarted:
		return Entry{Step: e.Step, State: "started", Text: e.Title}, true
	case event.StepFinished:
		done := Entry{Step: e.Step, State: "finished", DurationMs: e.Duration.Milliseconds()}
		if e.Err != nil {
			done.State, done.Text = "failed", e.Err.Error()
		}
		return done, true
	case event.Stuck:
		return Entry{State: "stuck", Text: fmt.Sprintf("%s: %s", e.Object, e.Message)}, true
	case event.Notice:
		return Entry{Text: e.Text}, true
	}
	return Entry{}, false
}

// write appends an entry. Errors are ignored: a full disk must not end an
// install.
func (j *Journal) write(e Entry) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	e.At, e.Text = time.Now().UTC().Truncate(time.Millisecond), j.redactor.Text(e.Text)
	line, err := json.Marshal(e)
	if err != nil {
		return
	}
	_, _ = j.file.Write(append(line, '\n'))
}

// Close closes the file.
func (j *Journal) Close() {
	if j != nil {
		_ = j.file.Close()
	}
}
