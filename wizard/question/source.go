package question

import (
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Literal stands before a secret that itself begins like the name of a source.
const LiteralPrefix = "value:"

// Generated asks for a random key, where a field allows that.
const GenerateKeyword = "generate"

func takesSource(f answers.Field) bool { return f.Kind == answers.Secret || f.Kind == answers.Content }

// readSource reads what was typed for a secret or a certificate: the short
// name of a source, else the secret itself, or the name of the file with the
// certificate.
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
		return answers.Source{}, "this names a source, but not all of it",
			"write " + wanted + "; " + LiteralPrefix + "… if the secret itself begins like this"
	}
	if f.Kind == answers.Content {
		return answers.Source{File: text}, "", ""
	}
	var a answers.Answers
	if err := a.Set(f.Key, strings.TrimPrefix(text, LiteralPrefix)); err != nil {
		return answers.Source{}, err.Error(), ""
	}
	return a.GetSource(f.Key), "", ""
}

var shortForms = map[string]string{"env": "env:NAME", "file": "file:PATH", "secret": "secret:NAME/KEY"}

// InClear tells whether a text at the field may be shown as it is typed: it
// names a source, or asks for a random key. Half a name of a source is one
// too: it is no secret yet.
func IsVisible(f answers.Field, text string) bool {
	if f.Kind != answers.Secret {
		return true
	}
	kind, _, found := strings.Cut(text, ":")
	return found && shortForms[kind] != "" || f.Generable && text == GenerateKeyword
}

// spell is the text that, typed, gives the answer that a holds.
func typedForm(f answers.Field, a answers.Answers) string {
	if !takesSource(f) {
		return a.Get(f.Key)
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

// unreadable tells why a text is no answer to the field at all.
func parseProblem(f answers.Field, text string) (problem, remedy string) {
	switch {
	case text == "":
		return "", ""
	case takesSource(f):
		_, problem, remedy = readSource(f, text)
		return problem, remedy
	case f.Kind == answers.Integer:
		if _, err := strconv.Atoi(text); err != nil {
			return "“" + text + "” is not a whole number", "use digits alone"
		}
	case f.Kind == answers.Boolean:
		if _, err := strconv.ParseBool(text); err != nil {
			return "“" + text + "” is neither yes nor no", "choose one"
		}
	}
	return "", ""
}

// Kept says what an empty line keeps as the answer to a secret, without the
// secret; nothing when there is none, or none that will do.
func (s *Responses) KeptLabel(f answers.Field) string {
	if _, bad := s.Fault(f.Key); bad || f.Kind != answers.Secret || s.typed[f.Key] == "" {
		return ""
	}
	switch source, _, _ := readSource(f, s.typed[f.Key]); {
	case source.Generate:
		return "keep: a random one"
	case source.Value.Empty():
		return "keep: " + source.Describe()
	}
	return "keep: typed"
}

// Local returns the source on this machine that the text at the field names,
// if it names one.
func (s *Responses) LocalSource(f answers.Field) (source answers.Source, ok bool) {
	if !takesSource(f) {
		return answers.Source{}, false
	}
	source, problem, _ := readSource(f, s.typed[f.Key])
	return source, problem == "" && (source.Env != "" || source.File != "")
}

// Source describes in words where a secret that was typed comes from, without
// the secret.
func (s *Responses) DescribeSource(f answers.Field) string {
	source, problem, _ := readSource(f, s.typed[f.Key])
	if problem != "" || source.IsZero() {
		return ""
	}
	return source.Describe()
}

// Named tells whether the text at the field names a source and is therefore
// not secret itself.
func (s *Responses) NamesSource(f answers.Field) bool {
	source, problem, _ := readSource(f, s.typed[f.Key])
	return problem == "" && !source.IsZero() && source.Value.Empty()
}
