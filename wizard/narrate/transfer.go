package narrate

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/internal/bundle"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// transferEvery limits how often the progress of a transfer is redrawn.
const transferEvery = 100 * time.Millisecond

// Transfer returns an observer that prints a line for each image that is complete, with
// what was done. On a terminal it also maintains a line with the bytes, which end clears.
func Transfer(w io.Writer, did string, isTerminal bool) (observe bundle.Observer, end func()) {
	var drawn time.Time
	clear := ""
	if isTerminal {
		clear = "\r\x1b[K"
	}
	observe = func(e bundle.Event) {
		switch {
		case e.Finished && e.Moved == 0:
			fmt.Fprintf(w, "%sKept %s\n", clear, e.Image.Source)
		case e.Finished:
			fmt.Fprintf(w, "%s%s %s (%s)\n", clear, did, e.Image.Source, moved(e))
		case isTerminal && time.Since(drawn) > transferEvery:
			drawn = time.Now()
			line := fmt.Sprintf("%s of %s: %s", display.Bytes(e.Done), display.Bytes(e.Total), e.Image.Source)
			fmt.Fprint(w, clear+ansi.Truncate(line, progressWidth, "..."))
		}
	}
	return observe, func() { fmt.Fprint(w, clear) }
}

// moved describes the size of an image, and how much of it was not there already.
func moved(e bundle.Event) string {
	size := display.Bytes(e.Image.Size)
	if e.Moved < e.Image.Size {
		size += ", " + display.Bytes(e.Moved) + " new"
	}
	return size
}

// Bundle prints a table of what a bundle contains.
func Bundle(w io.Writer, b bundle.Bundle) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range b.Charts {
		fmt.Fprintf(table, "chart\t%s %s\t%s\t%s\n", c.Name, c.Version, display.Bytes(c.Size), c.Source)
	}
	for _, i := range b.Images {
		fmt.Fprintf(table, "image\t%s\t%s\t%s\n", i.Source, display.Bytes(i.Size), strings.Join(i.Platforms, ", "))
	}
	fmt.Fprintf(table, "total\t\t%s\n", display.Bytes(b.Size))
	return table.Flush()
}
