package answers

import (
	"strings"
	"testing"
)

func TestSetAndGet(t *testing.T) {
	typed := map[Kind]string{Text: "x", Integer: "7", Boolean: "true", Choice: "y", Secret: "s", Content: "c",
		List: "a, b", Pairs: "A=1, B=2"}
	for _, f := range Fields {
		if f.Kind == Tree || f.Kind == Secrets || f.Kind == Items {
			continue
		}
		var a Answers
		if err := a.Set(f.Key, typed[f.Kind]); err != nil {
			t.Errorf("%s: %v", f.Key, err)
		}
		if got := a.Get(f.Key); got == "" || f.Kind == List && got != "a, b" || f.Kind == Pairs && got != "A=1, B=2" {
			t.Errorf("%s: Get returns %q after Set", f.Key, got)
		}
		if err := a.Set(f.Key, ""); err != nil || a.Get(f.Key) != "" {
			t.Errorf("%s: Get returns an answer after it was removed", f.Key)
		}
	}
}

func TestZeroIsValidOnlyWhereAllowed(t *testing.T) {
	for _, f := range Fields {
		if f.Kind != Integer {
			continue
		}
		problem, _ := f.Check("0")
		var a Answers
		if err := a.Set(f.Key, "0"); (err == nil) != (problem == "") {
			t.Errorf("%s: Set with 0 gives %v, but Check returns %q", f.Key, err, problem)
		}
		path := strings.Split(f.Key, ".")
		file := "version: 1\n" + strings.Join(path, ": {") + ": 0" + strings.Repeat("}", len(path)-1) + "\n"
		read, err := Read("zero.yaml", []byte(file))
		if (err == nil) != (problem == "") {
			t.Errorf("%s: 0 in a file gives %v, but Check returns %q", f.Key, err, problem)
		}
		if written, _ := Write(
			read.Answers,
		); err == nil &&
			(read.Get(f.Key) != "0" || !strings.Contains(string(written), path[len(path)-1]+": 0")) {
			t.Errorf("%s: read as %q, written as\n%s", f.Key, read.Get(f.Key), written)
		}
	}
}
