package check

import "strings"

// LineBreak describes the line break at the end of a value, or returns "". A
// Secret created with echo ends in one, and so does a value from a file with
// Windows line endings.
func LineBreak(value string) string {
	switch {
	case strings.HasSuffix(value, "\r\n"):
		return `a Windows line break (\r\n)`
	case strings.HasSuffix(value, "\n"):
		return `a line break (\n)`
	case strings.HasSuffix(value, "\r"):
		return `a carriage return (\r)`
	}
	return ""
}

// WithoutLineBreak returns the value without the line breaks at its end.
func WithoutLineBreak(value string) string { return strings.TrimRight(value, "\r\n") }
