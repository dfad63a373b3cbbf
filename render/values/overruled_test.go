package values

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// What raw values took away, or did to themselves, would be held against the
// answers: overruled must not excuse them.
func TestOverruled(t *testing.T) {
	path := []string{"server", "database", "url"}
	for raw, want := range map[string]bool{
		"{server: {}}": false, "{server: {database: {}}}": false, "{server: {database: {url: {}}}}": false,
		"{server: {database: null}}": true, "{server: {database: {url: x}}}": true, "{server: {other: x}}": false,
	} {
		f, err := answers.Parse("test.yaml", []byte("version: 1\ndatabase: {type: sqlite}\nvalues: "+raw+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		values := f.Answers.Values
		if got := overruled(values, path); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}
