// Package saved keeps the answers of unfinished installs for later runs, one file
// for each cluster, namespace and release. It never writes secrets.
package saved

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Run is a saved run.
type Run struct {
	Answers answers.Answers
	Step    string // the step where it stopped, as in the rail
	At      time.Time
}

// The file is an answers file that also works with -f, so the step is a
// comment.
var stepComment = regexp.MustCompile(`(?m)^# next: (\w+)$`)

// write saves answers in a file of mode 0600. It leaves out typed secrets but
// keeps the names of their sources. It also leaves out answers that may contain
// secrets: raw chart values, environments, annotations, URLs.
func write(path string, a answers.Answers, step string) error {
	body, err := yaml.Marshal(WithoutSecrets(a))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Answers of an unfinished install. Secrets are not saved.\n# next: %s\n", step)
	b.Write(body)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replaceFile(path, b.Bytes())
}

// WithoutSecrets returns the answers without secrets and possible secrets.
func WithoutSecrets(a answers.Answers) answers.Answers {
	a.Version = answers.Version
	for _, f := range answers.Fields {
		switch {
		case f.Advanced && mayHoldSecret(f, a.Get(f.Key)):
			_ = a.Set(f.Key, "") // an empty text is valid for every kind
		case f.Kind == answers.Secret, f.Kind == answers.Content:
			if !a.GetSource(f.Key).Value.Empty() {
				a.SetSource(f.Key, answers.Source{})
			}
		}
	}
	return a
}

// harmless are the collections that contain no secrets: resources, places, names.
var harmless = []string{
	"server.resources.requests", "server.resources.limits", "server.migrationResources.requests",
	"server.migrationResources.limits", "server.nodeSelector", "server.tolerations", "server.affinity",
	"server.security.pod", "server.security.container", "server.image.pullSecrets", "server.openTelemetry.disable",
	"server.auth.corsAllowOrigins", "certificates.secretRefs", "expose.trustedProxies", "proxy.noProxy",
}

// mayHoldSecret reports whether an advanced answer may contain a secret.
func mayHoldSecret(f answers.Field, value string) bool {
	switch f.Kind {
	case answers.Tree, answers.Secrets, answers.Items, answers.Pairs, answers.List:
		return !slices.Contains(harmless, f.Key)
	case answers.Text:
		user, _, hasHost := strings.Cut(value, "@")
		return strings.HasPrefix(f.Key, "proxy.") || hasHost && strings.Contains(user, ":") || // no email address
			strings.Contains(value, "://") && f.Step != answers.StepCluster
	}
	return false
}

// replaceFile writes a file of mode 0600 atomically.
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

// read returns what a previous run saved, or nil if there is nothing usable.
func read(path string) *Run {
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

// IsWorthKeeping reports whether the answers contain more than the cluster.
func IsWorthKeeping(a answers.Answers) bool {
	for _, f := range answers.Fields {
		if f.Step != answers.StepCluster && a.Get(f.Key) != "" {
			return true
		}
	}
	return false
}
