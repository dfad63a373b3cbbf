package question

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/pemtext"
)

// LiteralPrefix marks a secret that looks like a source.
const LiteralPrefix = "value:"

// GenerateKeyword requests a random key, for fields that allow it.
const GenerateKeyword = "generate"

func takesSource(f answers.Field) bool { return f.Kind == answers.Secret || f.Kind == answers.Content }

// readSource parses what was typed for a secret or a certificate: the short
// form of a source, or else the secret itself. A document, such as a certificate,
// may be pasted or named by its file.
func readSource(f answers.Field, text string) (source answers.Source, problem, remedy string) {
	if text == "" {
		return answers.Source{}, "", ""
	}
	if f.Generable && text == GenerateKeyword {
		return answers.Source{Generate: true}, "", ""
	}
	if source, ok := answers.ParseSource(text); ok {
		return source, "", ""
	}
	kind, _, _ := strings.Cut(text, ":")
	if wanted, known := shortForms[kind]; known && strings.HasPrefix(text, kind+":") {
		return answers.Source{}, "the source is incomplete",
			"enter " + wanted + ", or prefix the text with " + LiteralPrefix + " if it is the secret itself"
	}
	if isDocument(f) && !isPasted(text) {
		return answers.Source{File: text}, "", ""
	}
	var a answers.Answers
	if err := a.Set(f.Key, pemtext.Unfold(strings.TrimPrefix(text, LiteralPrefix))); err != nil {
		return answers.Source{}, err.Error(), ""
	}
	return a.GetSource(f.Key), "", ""
}

// ExpandHome replaces the ~/ that a file name was typed with, as a shell does.
func (s *Responses) ExpandHome(key, home string) {
	f, known := answers.FieldByKey(key)
	if !known || !takesSource(f) || home == "" {
		return
	}
	source, _, _ := readSource(f, s.Typed(key))
	if rest, found := strings.CutPrefix(source.File, "~/"); found {
		s.Type(key, "file:"+filepath.Join(home, rest))
	}
}

// hostKeys are the keys of the answers that are host names.
var hostKeys = []string{"expose.host", urlParts[0].key}

// CleanHost removes the scheme and a final slash from a host name that was pasted as a
// web address, and returns a sentence about it, or "".
func (s *Responses) CleanHost(key string) (note string) {
	typed := strings.TrimSpace(s.Typed(key))
	host := strings.TrimRight(schemePattern.ReplaceAllString(typed, ""), "/")
	if !slices.Contains(hostKeys, key) || host == typed || host == "" || strings.ContainsAny(host, "/:") {
		return ""
	}
	s.Type(key, host)
	return "Only the host name of " + typed + " is used: " + host + "."
}

var schemePattern = regexp.MustCompile(`^(?i)https?://`)

// isDocument reports whether an answer is a document that people keep in a file.
func isDocument(f answers.Field) bool { return f.Kind == answers.Content || f.Document }

// isPasted reports whether a text is a document itself, JSON or PEM, and not the
// name of its file.
func isPasted(text string) bool {
	text = strings.TrimPrefix(text, LiteralPrefix)
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "-----BEGIN ")
}

var shortForms = map[string]string{"env": "env:NAME", "file": "file:PATH", "secret": "secret:NAME/KEY"}

// IsVisible reports whether the input may be shown while it is typed, because
// it names a source or requests a random key. An incomplete source is visible
// too: it is not a secret yet. A pasted document is never shown: it is long, and
// may be a key where a certificate belongs.
func IsVisible(f answers.Field, text string) bool {
	switch {
	case isDocument(f):
		return !isPasted(text)
	case f.Kind != answers.Secret:
		return true
	}
	kind, _, found := strings.Cut(text, ":")
	return found && shortForms[kind] != "" || f.Generable && text == GenerateKeyword
}

// typedForm returns the text that, when typed, gives the answer in a.
func typedForm(f answers.Field, a answers.Answers) string {
	if !takesSource(f) {
		return a.OneLine(f.Key)
	}
	source := a.GetSource(f.Key)
	switch {
	case source.Env != "":
		return "env:" + source.Env
	case source.File != "":
		return "file:" + source.File
	case source.SecretRef != nil:
		return "secret:" + source.SecretRef.Name + "/" + source.SecretRef.Key
	case source.Generate:
		return GenerateKeyword
	}
	text := source.Value.Reveal()
	if kind, _, found := strings.Cut(text, ":"); found && (shortForms[kind] != "" || kind+":" == LiteralPrefix) {
		return LiteralPrefix + text
	}
	return text
}

// parseProblem reports why a text cannot be parsed as an answer.
func parseProblem(f answers.Field, text string) (problem, remedy string) {
	switch {
	case text == "":
		return "", ""
	case takesSource(f):
		_, problem, remedy = readSource(f, text)
		return problem, remedy
	case f.Kind == answers.Integer:
		if _, err := strconv.Atoi(text); err != nil {
			return "“" + text + "” is not a whole number", "enter digits only"
		}
		var a answers.Answers
		if err := a.Set(f.Key, text); err != nil { // some numbers cannot be 0
			problem, remedy, _ = strings.Cut(err.Error(), ": ")
			return problem, remedy
		}
	case f.Kind == answers.Boolean:
		if _, err := strconv.ParseBool(text); err != nil {
			return "“" + text + "” is neither yes nor no", "choose one"
		}
	default:
		var a answers.Answers
		if err := a.Set(f.Key, text); err != nil {
			return err.Error(), Expected(f)
		}
	}
	return "", ""
}

// IsHidden reports whether the answer to a field must not be shown: it is a
// secret, or a document that was pasted.
func (s *Responses) IsHidden(f answers.Field) bool {
	return f.Kind == answers.Secret || isDocument(f) && isPasted(s.Typed(f.Key))
}

// KeptLabel describes the hidden answer that an empty line keeps, without
// revealing it. It is empty if there is no valid one.
func (s *Responses) KeptLabel(f answers.Field) string {
	if _, bad := s.Fault(f.Key); bad || !s.IsHidden(f) || s.Typed(f.Key) == "" {
		return ""
	}
	switch source, _, _ := readSource(f, s.Typed(f.Key)); {
	case source.Generate && s.kept[f.Key] != "":
		return "keep the key in Secret " + s.kept[f.Key]
	case source.Generate:
		return "keep the generated one"
	case source.Value.Empty():
		return "keep " + source.Describe()
	}
	if isDocument(f) {
		return strings.TrimSuffix("keep the one you pasted: "+s.PastedDocument(f), ": ")
	}
	return "keep the one you typed"
}

// PastedDocument describes a certificate that was pasted, without its text, or is empty.
func (s *Responses) PastedDocument(f answers.Field) string {
	if text := s.Typed(f.Key); isDocument(f) && isPasted(text) {
		return pemtext.Describe(pemtext.Unfold(strings.TrimPrefix(text, LiteralPrefix)))
	}
	return ""
}

// LocalSource returns the local source that the answer names, if any.
func (s *Responses) LocalSource(f answers.Field) (source answers.Source, ok bool) {
	if !takesSource(f) {
		return answers.Source{}, false
	}
	source, problem, _ := readSource(f, s.Typed(f.Key))
	return source, problem == "" && (source.Env != "" || source.File != "")
}

// DescribeSource describes an answer's source, without revealing its content.
func (s *Responses) DescribeSource(f answers.Field) string {
	source, problem, _ := readSource(f, s.Typed(f.Key))
	switch {
	case problem != "" || source.IsZero():
		return ""
	case source.Generate && s.kept[f.Key] != "":
		return "kept in Secret " + s.kept[f.Key]
	}
	return source.Describe()
}

// NamesSource reports whether the answer names a source, so that it is not
// secret itself.
func (s *Responses) NamesSource(f answers.Field) bool {
	source, problem, _ := readSource(f, s.Typed(f.Key))
	return problem == "" && !source.IsZero() && source.Value.Empty()
}
