package saved

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestKeeper(t *testing.T) {
	d := Folder(t.TempDir())
	unfinished(t, d, "kind", "other", 1)
	k := Keeper{Folder: d}
	k.Continue(d.List(answers.Cluster{})[0])
	for _, namespace := range []string{"mistyped", "zenml"} {
		a := answers.Answers{Cluster: answers.Cluster{Context: "kind", Namespace: namespace}}
		if err := k.Save(a, "Database"); err != nil {
			t.Fatal(err)
		}
		if runs := d.List(answers.Cluster{}); len(runs) != 1 || runs[0].Target().Namespace != namespace {
			t.Errorf("%+v", runs)
		}
	}
	if err := k.Finish(answers.Answers{Cluster: answers.Cluster{Context: "kind", Namespace: "zenml"}}); err != nil {
		t.Fatal(err)
	}
	if runs := d.List(answers.Cluster{}); len(runs) > 0 {
		t.Errorf("%+v", runs)
	}
}
