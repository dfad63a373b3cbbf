package mysqlerr

import (
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	for i, e := range All() {
		if i > 0 && errors[i-1].Number >= e.Number {
			t.Errorf("%d is out of order", e.Number)
		}
		if e.Summary == "" || e.Remedy == "" {
			t.Errorf("%d has no summary or remedy", e.Number)
		}
		found, ok := Lookup(e.Number)
		if !ok || found != e {
			t.Errorf("%d: found %+v", e.Number, found)
		}
	}
	if _, ok := Lookup(1); ok {
		t.Error("1 is no known error")
	}
}

func TestRemedyFor(t *testing.T) {
	e, _ := Lookup(1044)
	if got := e.RemedyFor("'zenml'@'%'", "zenml"); !strings.HasSuffix(got, "ON zenml.* TO 'zenml'@'%';") {
		t.Errorf("got %s", got)
	}
}
