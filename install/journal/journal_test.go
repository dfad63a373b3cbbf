package journal

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/redact"
)

func TestJournal(t *testing.T) {
	folder, target := Folder(t.TempDir()), Target{"kind", "zenml", "zenml-server"}
	redactor := &redact.Redactor{}
	redactor.Add("c4nary-secret")
	for range 2 { // a second run continues the file
		j, err := folder.Open(target, "install", "v1", redactor)
		if err != nil {
			t.Fatal(err)
		}
		passed := 0
		observe := j.Observe(func(event.Event) { passed++ })
		observe(event.StepStarted{Step: "state", Title: "check release"})
		observe(event.LogLine{Line: "not kept"})
		observe(event.StepFinished{Step: "state", Err: errors.New("denied for c4nary-secret"), Duration: time.Second})
		j.Close()
		if passed != 3 {
			t.Errorf("%d events passed on", passed)
		}
	}
	content, err := folder.Read(target)
	text := string(content)
	if err != nil || strings.Count(text, "\n") != 6 || strings.Contains(text, "c4nary") ||
		strings.Contains(text, "not kept") ||
		!strings.Contains(text, `"state":"failed","durationMs":1000,"text":"denied for`) {
		t.Errorf("%v\n%s", err, text)
	}
	if info, err := os.Stat(folder.File(target)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if other, err := folder.Read(Target{"kind", "other", "zenml-server"}); err != nil || len(other) > 0 {
		t.Errorf("%q %v", other, err)
	}
}

// TestJournalIsShortened keeps the latest entries of a long journal.
func TestJournalIsShortened(t *testing.T) {
	folder, target := Folder(t.TempDir()), Target{Release: "r"}
	long := strings.Repeat(`{"text":"old"}`+"\n", maxSize/8)
	if err := os.WriteFile(folder.File(target), []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := folder.Open(target, "install", "v1", &redact.Redactor{})
	if err != nil {
		t.Fatal(err)
	}
	j.Close()
	content, _ := folder.Read(target)
	if len(content) > maxSize || !strings.HasPrefix(string(content), `{"text":"old"}`) ||
		!strings.Contains(string(content), `"command":"install"`) {
		t.Errorf("%d bytes, beginning with %.40s", len(content), content)
	}
}
