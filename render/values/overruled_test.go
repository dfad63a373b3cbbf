package values

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TestOverruled verifies that overruled does not excuse an answer that the raw
// values left unchanged.
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
