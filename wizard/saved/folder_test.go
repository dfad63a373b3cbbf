package saved

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// unfinished saves an install into a namespace, that many hours ago.
func unfinished(t *testing.T, d Folder, context, namespace string, hours int) answers.Answers {
	t.Helper()
	a := answers.Answers{Cluster: answers.Cluster{Context: context, Namespace: namespace}}
	a.Database.Type = answers.SQLiteDatabase
	if err := d.Write(a, "Database"); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-time.Duration(hours) * time.Hour)
	if err := os.Chtimes(d.file(a.Complete().Cluster), at, at); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFolder(t *testing.T) {
	d := Folder(filepath.Join(t.TempDir(), "state"))
	first := unfinished(t, d, "arn:aws:eks:eu-west-1:1:cluster/a", "zenml", 3)
	unfinished(t, d, "arn/aws/eks:eu-west-1:1:cluster/a", "zenml", 2) // the same characters in a file name
	unfinished(t, d, "kind", "staging", 1)
	unfinished(t, d, "kind", "staging", 1)

	var found []string
	for _, run := range d.List(answers.Cluster{}) {
		found = append(found, run.Target().Context)
	}
	if len(found) != 3 || found[0] != "kind" || found[2] != first.Cluster.Context {
		t.Errorf("%q", found)
	}
	for want, target := range map[int]answers.Cluster{
		1: {Namespace: "staging"}, 2: {Namespace: "zenml", Release: "zenml-server"}, 0: {Context: "kind", Release: "other"},
	} {
		if got := d.List(target); len(got) != want {
			t.Errorf("%+v: %d installs, want %d", target, len(got), want)
		}
	}
	for range 2 { // the second time there is nothing to remove
		if err := d.Remove(first.Complete().Cluster); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.List(answers.Cluster{}); len(got) != 2 {
		t.Errorf("%d installs after one was removed", len(got))
	}
}

func TestFolderUnset(t *testing.T) {
	t.Chdir(t.TempDir())
	d := Folder("")
	unwanted := answers.Answers{Cluster: answers.Cluster{Context: "kind"}}
	if d.Write(unwanted, "Database") != nil || d.Remove(unwanted.Cluster) != nil || d.List(answers.Cluster{}) != nil {
		t.Error("it is in use")
	}
	if entries, _ := os.ReadDir("."); len(entries) > 0 {
		t.Errorf("files: %v", entries)
	}
}
