package wizard

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// saved is what an earlier run left.
type saved struct {
	answers answers.Answers
	step    step
	at      time.Time
}

// saved answers are an answers file; the step stands in a comment, so that
// the file can also be given to -f.
var stepComment = regexp.MustCompile(`(?m)^# next: (\w+)$`)

// writeState keeps the answers of an unfinished run, mode 0600. Secrets that
// were typed are left out; the names of their sources are kept. Raw chart
// values are left out too: they may hold secrets and came from a file.
func writeState(path string, a answers.Answers, at step) error {
	a.Version, a.Values = answers.Version, nil
	for _, f := range answers.Fields {
		if f.Kind != answers.Secret && f.Kind != answers.Content {
			continue
		}
		if !a.GetSource(f.Key).Value.Empty() {
			a.SetSource(f.Key, answers.Source{})
		}
	}
	body, err := yaml.Marshal(a)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Answers of a guided install that was not finished. Secrets are not kept.\n# next: %s\n", at)
	b.Write(body)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replace(path, b.Bytes())
}

// replace writes a file of mode 0600 so that it is there whole or as before.
func replace(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".answers-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	if _, err = file.Write(content); err == nil {
		err = file.Close()
	} else {
		_ = file.Close()
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// readState reads what an earlier run left; nil when there is nothing that
// can be gone on with.
func readState(path string) *saved {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	file, err := answers.Read(path, content)
	if err != nil {
		return nil
	}
	s := &saved{answers: file.Answers, at: info.ModTime()}
	if m := stepComment.FindSubmatch(content); m != nil {
		s.step = step(m[1])
	}
	return s
}

type stateMsg struct{ saved *saved }

// save keeps the answers as they are now; a state that cannot be kept is no
// reason to disturb the person.
func (s *session) save(at step) tea.Cmd {
	a := s.sheet.Answers()
	if s.options.StatePath == "" || at == stepResume || at == step(answers.StepCluster) && s.resumeAt == "" && !given(a) {
		return nil // there is nothing yet that would be missed
	}
	if s.resumeAt != "" {
		at = s.resumeAt
	}
	finished := s.outcome.Ending == Installed
	s.writes++
	number := s.writes
	return func() tea.Msg {
		if !s.work.begin() {
			return nil
		}
		defer s.work.done()
		s.writing.Lock()
		defer s.writing.Unlock()
		if number < s.written {
			return nil // a later one was faster
		}
		s.written = number
		if finished {
			_ = os.Remove(s.options.StatePath)
			return nil
		}
		_ = writeState(s.options.StatePath, a, at)
		return nil
	}
}

// load looks for an earlier run.
func (s *session) load(ctx context.Context) *saved {
	if s.options.StatePath == "" || ctx.Err() != nil {
		return nil
	}
	return readState(s.options.StatePath)
}
