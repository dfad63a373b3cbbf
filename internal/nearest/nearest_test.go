package nearest

import (
	"slices"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	known := []string{"database.login", "database.version", "cluster.nodes"}
	for name, want := range map[string]string{
		"database.logn":             "database.login",
		"Cluster.Nodes":             "cluster.nodes",
		"elephant":                  "",
		"":                          "",
		strings.Repeat("x", 1<<20):  "",
		"databse.versoin":           "database.version",
		strings.Repeat("\xff", 100): "",
	} {
		if got := Name(name, known); got != want {
			t.Errorf("%.20q: got %q, want %q", name, got, want)
		}
	}
}

func TestSorted(t *testing.T) {
	known := []string{"latest", "stable", "stabel-2"}
	if got := Sorted("stabel-1", known); !slices.Equal(got, []string{"stabel-2", "stable", "latest"}) {
		t.Error(got)
	}
	if known[0] != "latest" {
		t.Error("the caller's list was changed")
	}
}

func TestTypo(t *testing.T) {
	for name, want := range map[string]string{
		"zenm": "zenml", "zemnl_prod": "zenml_prod", "zenml": "", "zenml2": "", "mlflow": "", "zen": "", "zenml_dev": "",
	} {
		if got := Typo(name, []string{"zenml", "zenml1", "zenml_prod"}); got != want {
			t.Errorf("%s misspells %q, want %q", name, got, want)
		}
	}
}
