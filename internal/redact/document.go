package redact

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Document returns a text of several lines with every known secret masked, also
// those that a program has wrapped over lines, with or without a box around
// them. It removes colors, which could be in the middle of a secret.
func (r *Redactor) Document(text string) string {
	text = r.Text(ansi.Strip(text))
	r.mu.RLock()
	defer r.mu.RUnlock()
	plain, at := unwrapped(text)
	hidden := map[int]int{} // start and end in text of what is masked
	for _, value := range r.values {
		value, _ = unwrapped(value)
		for from := 0; len(value) >= minLength; {
			i := strings.Index(plain[from:], value)
			if i < 0 {
				break
			}
			start, end := from+i, from+i+len(value)
			from = end
			hidden[at[start]] = max(hidden[at[start]], at[end-1]+1)
		}
	}
	return hide(text, hidden)
}

// unwrapped returns a text without what separates the parts of a wrapped word,
// and the position of each of its bytes in the text.
func unwrapped(text string) (plain string, at []int) {
	var b strings.Builder
	for i, c := range text {
		if unicode.IsSpace(c) || c == '│' || c == '|' {
			continue
		}
		before := b.Len()
		b.WriteRune(c)
		for j := range b.Len() - before {
			at = append(at, i+j)
		}
	}
	return b.String(), at
}

// hide replaces the ranges of a text.
func hide(text string, ranges map[int]int) string {
	if len(ranges) == 0 {
		return text
	}
	var b strings.Builder
	end := 0
	for i := 0; i < len(text); i++ {
		if to := ranges[i]; to > end {
			if i >= end {
				b.WriteString(secret.Mask)
			}
			end = to
		}
		if i >= end {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}
