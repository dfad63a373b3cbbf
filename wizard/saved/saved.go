// Package saved keeps the answers of an install that was not finished, so
// that the next run can go on. No secret is ever in the file.
package saved

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Run is what an earlier run left.
type Run struct {
	Answers answers.Answers
	Step    string // where it was left, in the words of the rail
	At      time.Time
}

// The file is an answers file; the step stands in a comment, so that the file
// can also be given to -f.
var stepComment = regexp.MustCompile(`(?m)^# next: (\w+)$`)

// Write keeps answers in a file of mode 0600. Secrets that were typed are left
// out; the names of their sources are kept. What only a file can say (raw
// chart values, environments, proxies) is left out too: it may hold secrets.
func Write(path string, a answers.Answers, step string) error {
	body, err := yaml.Marshal(WithoutSecrets(a))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Answers of a guided install that was not finished. Secrets are not kept.\n# next: %s\n", step)
	b.Write(body)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replaceFile(path, b.Bytes())
}

// Without returns the answers without what is, or may be, secret.
func WithoutSecrets(a answers.Answers) answers.Answers {
	a.Version = answers.Version
	for _, f := range answers.Fields {
		switch {
		case f.FileOnly && f.Step != answers.StepCluster:
			_ = a.Set(f.Key, "") // no text is fine for every kind
		case f.Kind == answers.Secret, f.Kind == answers.Content:
			if !a.GetSource(f.Key).Value.Empty() {
				a.SetSource(f.Key, answers.Source{})
			}
		}
	}
	return a
}

// replace writes a file of mode 0600 that is there whole, or as it was before.
func replaceFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".answers-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// Read returns what an earlier run left in the file; nil when there is nothing
// that can be gone on with.
func Read(path string) *Run {
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
	run := &Run{Answers: file.Answers, At: info.ModTime()}
	if m := stepComment.FindSubmatch(content); m != nil {
		run.Step = string(m[1])
	}
	return run
}

// Remove forgets the run. A file that is not there is fine.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// Worthwhile tells whether the answers say more than where to install.
func IsWorthKeeping(a answers.Answers) bool {
	for _, f := range answers.Fields {
		if f.Step != answers.StepCluster && a.Get(f.Key) != "" {
			return true
		}
	}
	return false
}
