package question

import (
	"regexp"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// keyPattern finds what may be the key of an answer, and what follows it.
var keyPattern = regexp.MustCompile(`[A-Za-z][A-Za-z]*(?:\.[A-Za-z][A-Za-z]*)+(=|: ?\{|\[)?`)

// InTitles says the keys of an answers file as the titles of their questions,
// for people who are asked. A key that is never asked is said to belong into a
// file; one that stands in a line of a file or of a shell stays.
func UseTitles(text string) string {
	return keyPattern.ReplaceAllStringFunc(text, func(found string) string {
		f, ok := answers.FieldByKey(found)
		switch {
		case !ok:
			return found
		case f.FileOnly || !isTypeable(f):
			return found + " (in an answers file)"
		}
		return "“" + f.Title + "”"
	})
}

// CheckSays is the message or the hint of a check for people who are asked.
func CheckMessage(text string) string {
	return UseTitles(strings.ReplaceAll(text, "skipped by --skip", "skipped by the command that started this (--skip)"))
}

// Say gives a fault in one line, under the title of its question.
func DescribeFault(fault answers.Fault) string {
	name := fault.Key
	if f, ok := answers.FieldByKey(fault.Key); ok {
		name = f.Title
		if f.FileOnly {
			name += " (" + fault.Key + " in an answers file)"
		}
	}
	var b strings.Builder
	if name != "" {
		b.WriteString(name + ": ")
	}
	b.WriteString(UseTitles(fault.Problem))
	if fault.Remedy != "" {
		b.WriteString("; " + UseTitles(fault.Remedy))
	}
	return b.String()
}
