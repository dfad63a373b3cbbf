package question

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// mappingPattern matches the start of an answer as in a file: secretsStore: {
var mappingPattern = regexp.MustCompile(`[A-Za-z]+(?:\.[A-Za-z]+)*: \{`)

// useValues replaces answers as in a file, secretsStore: {type: sql}, by the titles of
// their questions with the values: “Secrets store”: sql. What is not made of answers
// stays.
func useValues(text string) string {
	var b strings.Builder
	for {
		at := mappingPattern.FindStringIndex(text)
		if at == nil {
			return b.String() + text
		}
		end := at[1] + closing(text[at[1]:])
		shown, ok := titlesWithValues(text[at[0]:end])
		if !ok {
			end = at[1]
			shown = text[at[0]:end]
		}
		b.WriteString(text[:at[0]] + shown)
		text = text[end:]
	}
}

// closing returns the length of the text up to the brace that closes an open one, or
// 0 if there is none.
func closing(text string) int {
	depth := 1
	for i, r := range text {
		switch r {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return i + 1
		}
	}
	return 0
}

// titlesWithValues formats a mapping whose leaves are all answers.
func titlesWithValues(mapping string) (text string, ok bool) {
	prefix, flow, _ := strings.Cut(mapping, ": ")
	var tree any
	if yaml.Unmarshal([]byte(flow), &tree) != nil {
		return "", false
	}
	var parts []string
	if !collect(prefix, tree, &parts) || len(parts) == 0 {
		return "", false
	}
	slices.Sort(parts)
	return strings.Join(parts, " and "), true
}

// collect appends the answers in a tree and reports whether all of it is answers.
func collect(key string, tree any, parts *[]string) bool {
	if f, known := answers.FieldByKey(key); known {
		if f.Kind == answers.Tree || f.Kind == answers.Pairs {
			return false
		}
		*parts = append(*parts, "“"+f.Title+"”: "+inWords(f, tree))
		return true
	}
	branches, isMapping := tree.(map[string]any)
	for name, branch := range branches {
		if !collect(key+"."+name, branch, parts) {
			return false
		}
	}
	return isMapping
}

// inWords formats a value as the question shows or takes it.
func inWords(f answers.Field, value any) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Title
		}
	}
	switch source, _ := value.(map[string]any); {
	case value == true:
		return "yes"
	case value == false:
		return "no"
	case source["generate"] == true:
		return GenerateKeyword
	case takesSource(f):
		for _, name := range []string{"env", "file"} {
			if source[name] != nil {
				return fmt.Sprintf("%s:%v", name, source[name])
			}
		}
	}
	return fmt.Sprint(value)
}
