package display

import (
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// style is an escape sequence that only changes colors.
var style = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// Styled is Printable for text with colors, which it keeps.
func Styled(text string) string {
	var b strings.Builder
	from := 0
	for _, at := range style.FindAllStringIndex(text, -1) {
		b.WriteString(Printable(text[from:at[0]]))
		b.WriteString(text[at[0]:at[1]])
		from = at[1]
	}
	b.WriteString(Printable(text[from:]))
	return b.String()
}

// Safe is a writer that cleans text, so that nothing that a server, a chart or an
// answers file contains can control the terminal.
type Safe struct {
	w     io.Writer
	clean func(string) string

	mu   sync.Mutex
	rest []byte // an incomplete character
}

// NewSafe returns a writer that passes text through Printable.
func NewSafe(w io.Writer) *Safe { return &Safe{w: w, clean: Printable} }

// Styled returns a writer to the same destination that passes text through Styled.
func (s *Safe) Styled() *Safe { return &Safe{w: s.w, clean: Styled} }

// Wrapped returns a writer to the same destination that also wraps sentences to the width
// of the terminal, unless that is zero.
func (s *Safe) Wrapped(width func() int) *Safe {
	return &Safe{w: s.w, clean: func(text string) string { return WrapSentences(s.clean(text), width()) }}
}

// Unwrap returns the destination.
func (s *Safe) Unwrap() io.Writer { return s.w }

// Write implements io.Writer. Each write must contain whole escape sequences; a
// character may be split.
func (s *Safe) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := slices.Concat(s.rest, data)
	end := wholeCharacters(text)
	s.rest = append([]byte(nil), text[end:]...)
	_, err := io.WriteString(s.w, s.clean(string(text[:end])))
	return len(data), err
}

// wholeCharacters is the length of text without an incomplete character at its end.
func wholeCharacters(text []byte) int {
	for i := len(text) - 1; i >= max(0, len(text)-utf8.UTFMax); i-- {
		if utf8.RuneStart(text[i]) {
			if utf8.FullRune(text[i:]) {
				break
			}
			return i
		}
	}
	return len(text)
}
