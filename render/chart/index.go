package chart

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// readIndex reads an index.yaml, or of a large one only the entries of a chart.
func readIndex(body io.Reader, name string) ([]byte, error) {
	body = io.LimitReader(body, maxIndex+1)
	start, err := io.ReadAll(io.LimitReader(body, maxParsedIndex+1))
	if err != nil || len(start) <= maxParsedIndex {
		return start, err
	}
	return cutIndex(io.MultiReader(bytes.NewReader(start), body), name)
}

// cutIndex keeps the entries of a chart, and the version of the format. It relies on
// the block style in which Helm and all known servers write an index.
func cutIndex(index io.Reader, name string) ([]byte, error) {
	cut := indexCut{name: name}
	lines := bufio.NewScanner(index)
	lines.Buffer(nil, maxParsedIndex)
	read := int64(0)
	for lines.Scan() {
		cut.add(lines.Text())
		read += int64(len(lines.Bytes())) + 1
		switch {
		case read > maxIndex:
			return nil, &bounded.SizeError{Most: maxIndex}
		case cut.kept.Len() > maxParsedIndex:
			return nil, &bounded.SizeError{Most: maxParsedIndex}
		}
	}
	if lines.Err() != nil {
		return nil, &bounded.SizeError{Most: maxParsedIndex}
	}
	return cut.kept.Bytes(), nil
}

type indexCut struct {
	name   string
	kept   bytes.Buffer
	inside bool // in the mapping entries
	margin int  // the indentation of the charts' names there, -1 before the first
	taking bool // in the entries of the chart
}

func (c *indexCut) add(line string) {
	text := strings.TrimLeft(line, " ")
	indent := len(line) - len(text)
	key, _, isKey := strings.Cut(text, ":")
	isKey = isKey && !strings.HasPrefix(text, "-")
	if indent == 0 && isKey {
		c.inside, c.margin = key == "entries", -1
		c.taking = c.inside || key == "apiVersion"
	} else if c.inside && c.margin < 0 {
		c.margin = indent
	}
	if c.inside && indent > 0 && indent == c.margin && isKey {
		c.taking = strings.Trim(key, `"'`) == c.name
	}
	if c.taking {
		c.kept.WriteString(line + "\n")
	}
	if indent == 0 && isKey {
		c.taking = false
	}
}
