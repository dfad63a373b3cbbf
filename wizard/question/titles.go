package question

import (
	"regexp"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// keyPattern matches what may be an answers key, and what follows it.
var keyPattern = regexp.MustCompile(`[A-Za-z][A-Za-z]*(?:\.[A-Za-z][A-Za-z]*)+(=|: ?\{|\[)?`)

// UseTitles replaces answers keys by the titles of their questions, with the topic
// of those in the Advanced step, and answers as in a file by titles with values.
// Keys in a command stay.
func UseTitles(text string) string {
	return keyPattern.ReplaceAllStringFunc(useValues(text), func(found string) string {
		f, ok := answers.FieldByKey(found)
		switch {
		case !ok:
			return found
		case f.Advanced && !f.IfMissing:
			return "“" + f.Title + "” (Advanced, " + f.Topic() + ")"
		}
		return "“" + f.Title + "”"
	})
}

// DescribeFault formats a fault in one line, with the title of its question.
func DescribeFault(fault answers.Fault) string {
	name := fault.Key
	if f, ok := answers.FieldByKey(fault.Key); ok {
		name = f.Title
		if f.Advanced && !f.IfMissing {
			name += " (Advanced, " + f.Topic() + ")"
		}
	}
	var b strings.Builder
	if name != "" {
		b.WriteString(name + ": ")
	}
	b.WriteString(UseTitles(fault.Summary))
	if fault.Remedy != "" {
		b.WriteString("; " + UseTitles(fault.Remedy))
	}
	return b.String()
}
