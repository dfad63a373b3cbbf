package narrate

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/bundle"
)

// TestTransfer ends a transfer during an image.
func TestTransfer(t *testing.T) {
	progress := bundle.Event{Image: bundle.Image{Source: "r.test/a:1", Size: 1000}, Done: 1000, Total: 2000, Moved: 1000}
	complete := progress
	complete.Finished = true
	for isTerminal, want := range map[bool]string{
		true:  "\r\x1b[K1.0 kB of 2.0 kB: r.test/a:1\r\x1b[KFetched r.test/a:1 (1.0 kB)\n\r\x1b[K",
		false: "Fetched r.test/a:1 (1.0 kB)\n",
	} {
		var out strings.Builder
		observe, end := Transfer(&out, "Fetched", isTerminal)
		observe(progress)
		observe(complete)
		end()
		if out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

// TestTransfer_partly shows the size of an image of which only a part was missing.
func TestTransfer_partly(t *testing.T) {
	var out strings.Builder
	observe, end := Transfer(&out, "Pushed", false)
	observe(bundle.Event{Image: bundle.Image{Source: "r.test/a:1", Size: 2000}, Moved: 401, Finished: true})
	end()
	if want := "Pushed r.test/a:1 (2.0 kB, 401 B new)\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
