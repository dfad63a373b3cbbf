package question

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Question is a field with its current choices.
type Question struct {
	answers.Field
	// Choices are the field's options or those found in the cluster, and the
	// suggestions. They are empty for free text.
	Choices []answers.Option
	// Open questions also accept what is not among the choices.
	Open bool
	// Kept is the Secret with the key that an empty answer keeps, or "".
	Kept string
}

// Matches reports whether the key, title, topic and help contain each word of a
// search.
func (q Question) Matches(search string) bool {
	text := strings.ToLower(strings.Join([]string{q.Key, q.Title, q.Topic(), q.Help}, " "))
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(search)), func(word string) bool {
		return !strings.Contains(text, word)
	})
}

// SetSuggestions adds suggestions to the questions that their keys name.
func (s *Responses) SetSuggestions(suggestions []Suggestion) { s.suggestions = suggestions }

// SetKept sets the Secrets with generated keys of a previous install, by the key of the
// answer.
func (s *Responses) SetKept(secrets map[string]string) { s.kept = secrets }

// SetFound sets the options that were found in the cluster, by key. Other answers
// can still be typed.
func (s *Responses) SetFound(found map[string][]answers.Option) { s.found = found }

// SetChoices sets the only options of a field that is otherwise typed.
func (s *Responses) SetChoices(key string, options []answers.Option) { s.choices[key] = options }

// Questions returns the questions of a step that apply with the current
// answers.
func (s *Responses) Questions(step answers.Step) []Question {
	var questions []Question
	complete := s.Complete()
	for _, f := range answers.Fields {
		if f.Step == step && f.Applies(complete) && s.IsAskedInStep(f) {
			questions = append(questions, s.question(f))
		}
	}
	return questions
}

// IsAskedInStep reports whether the question of a field is one of its step, and not
// of the Advanced step.
func (s *Responses) IsAskedInStep(f answers.Field) bool {
	return !f.Advanced || f.IfMissing && s.isMissing(f)
}

// isMissing reports whether the cluster lacks what a field is about.
func (s *Responses) isMissing(f answers.Field) bool {
	expose := s.Complete().Expose
	switch {
	case strings.HasPrefix(f.Key, "prerequisites.clusterIssuer."):
		return s.lacks(issuerKey, expose.TLS.Issuer.Name)
	case strings.HasPrefix(f.Key, "prerequisites.gateway."):
		return len(s.found["prerequisites.gateway.create"]) > 0 || s.lacksGateway(expose.Gateway)
	}
	return len(s.found[f.Key]) > 0
}

// lacks reports whether the cluster has no object with the name that an answer gives.
func (s *Responses) lacks(key, name string) bool {
	return s.found != nil && name != "" && !slices.ContainsFunc(s.found[key],
		func(o answers.Option) bool { return o.Value == name })
}

// lacksGateway reports whether the cluster has no Gateway with the name and, if it is
// answered, the namespace of the answers.
func (s *Responses) lacksGateway(g answers.Gateway) bool {
	return s.found != nil && g.Name != "" && !slices.ContainsFunc(s.found["expose.gateway"], func(o answers.Option) bool {
		namespace, name, _ := strings.Cut(o.Value, "/")
		return name == g.Name && (g.Namespace == "" || namespace == g.Namespace)
	})
}

// Advanced returns the questions of the Advanced step that apply with the current
// answers, whatever part of the answers they belong to.
func (s *Responses) Advanced() []Question {
	var questions []Question
	complete := s.Complete()
	for _, f := range answers.Fields {
		if f.Applies(complete) && !s.IsAskedInStep(f) {
			questions = append(questions, s.question(f))
		}
	}
	return questions
}

// ByKey returns the question with a key, if it applies with the current answers.
func (s *Responses) ByKey(key string) (Question, bool) {
	f, known := answers.FieldByKey(key)
	if !known || !f.Applies(s.Complete()) {
		return Question{}, false
	}
	return s.question(f), true
}

// Steps returns the steps that have questions.
func (s *Responses) Steps() []answers.Step {
	var steps []answers.Step
	for _, step := range answers.Steps {
		if step == answers.StepAdvanced || len(answers.Asked(step, s.Complete())) > 0 {
			steps = append(steps, step)
		}
	}
	return steps
}

func (s *Responses) question(f answers.Field) Question {
	q := Question{Field: f, Choices: slices.Clone(f.Options), Kept: s.kept[f.Key]}
	switch {
	case f.Kind == answers.Boolean && len(s.found[f.Key]) > 0:
		q.Choices = slices.Clone(s.found[f.Key])
	case f.Kind == answers.Boolean:
		q.Choices = []answers.Option{{Value: "true", Title: "Yes"}, {Value: "false", Title: "No"}}
	case len(s.choices[f.Key]) > 0:
		q.Choices = slices.Clone(s.choices[f.Key])
	case f.IfMissing && len(f.Options) > 0 && len(s.found[f.Key]) > 0:
		q.Choices = slices.Clone(s.found[f.Key])
	case len(f.Options) == 0 && len(s.foundAt(f.Key)) > 0:
		q.Choices, q.Open = s.foundChoices(f), true
	}
	if f.Key == urlParts[0].key {
		q.Help += urlHint
	}
	if len(q.Choices) > 0 {
		q.Help = emptyHint.ReplaceAllString(q.Help, "")
	}
	s.explain(q)
	for i, offer := range s.suggestions {
		if offer.Key == f.Key {
			q.Choices = append(q.Choices,
				answers.Option{Value: suggestionValue(i), Title: offer.Title, Help: offer.Help})
		}
	}
	return q
}

// foundChoices returns what was found in the cluster, and the answer if it is
// something else. An answer that may be left out starts with that choice.
func (s *Responses) foundChoices(f answers.Field) []answers.Option {
	choices := slices.Clone(s.foundAt(f.Key))
	has := func(value string) bool {
		return slices.ContainsFunc(choices, func(o answers.Option) bool { return o.Value == value })
	}
	if f.Default == "" && !has("") && !f.Required(s.Complete()) {
		choices = slices.Insert(choices, 0, answers.Option{Title: "None", Help: emptyMeaning(f.Help)})
	}
	if typed := s.Typed(f.Key); typed != "" && !has(typed) {
		choices = slices.Insert(choices, 0, answers.Option{Value: typed, Title: typed, Help: "Your current answer."})
	}
	return choices
}

// emptyMeaning returns the sentence of a help text about an empty answer.
func emptyMeaning(help string) string { return strings.TrimSpace(emptyHint.FindString(help)) }

// emptyHint matches the sentence about an empty answer, which does not apply to
// a list.
var emptyHint = regexp.MustCompile(` ?If empty,[^.]*\.`)

// suggestionValue is the value of a suggestion among the options. No field has
// a value with a space.
func suggestionValue(i int) string { return "suggestion " + strconv.Itoa(i) }

// CursorChoice returns the option on which the cursor starts: the current
// choice, or the first option.
func (s *Responses) CursorChoice(q Question) string {
	if value := s.CurrentChoice(q); value != "" || len(q.Choices) == 0 {
		return value
	}
	return q.Choices[0].Value
}

// DefaultChoice returns the answer or the default. It is empty if there is neither.
func (s *Responses) DefaultChoice(q Question) string {
	return firstChoice(q, s.Typed(q.Key), q.Default, booleanDefault(q))
}

// CurrentChoice returns the option that is in effect: the answer, or what is
// suggested, or the default. It is empty if there is neither.
func (s *Responses) CurrentChoice(q Question) string {
	suggested, _ := s.suggested(q.Field)
	return firstChoice(q, s.Typed(q.Key), suggested, q.Default, booleanDefault(q))
}

// firstChoice returns the first of the values that is among the choices, or "".
func firstChoice(q Question, values ...string) string {
	for _, value := range values {
		if slices.ContainsFunc(q.Choices, func(o answers.Option) bool { return o.Value == value }) {
			return value
		}
	}
	return ""
}

// booleanDefault returns "false" for an unanswered Boolean.
func booleanDefault(q Question) string {
	if q.Kind == answers.Boolean {
		return "false"
	}
	return ""
}

// Display returns the answer for display and whether it is the default. It
// shows a secret's source and a choice's title.
func (s *Responses) Display(q Question) (text string, isDefault bool) {
	typed := s.Typed(q.Key)
	switch {
	case typed == "" && s.Answers().Get(q.Key) != "":
		return "set, with secrets", false
	case takesSource(q.Field) && typed != "":
		if source, problem, _ := readSource(q.Field, typed); problem == "" && !source.Value.Empty() {
			if f := q.Field; isDocument(f) {
				return strings.TrimSuffix("pasted: "+s.PastedDocument(f), ": "), false
			}
			return secret.Mask, false
		}
		return s.DescribeSource(q.Field), false
	case len(q.Choices) > 0:
		value := typed
		if value == "" {
			value, isDefault = q.Default, true
		}
		for _, o := range q.Choices {
			if o.Value == value {
				return o.Title, isDefault
			}
		}
		return typed, false
	case typed == "":
		return q.Default, true
	}
	return typed, false
}

// Ahead returns what a question that is not answered yet starts with, for display: the
// answer, the suggestion with its mark, or the default.
func (s *Responses) Ahead(q Question) string {
	text, _ := s.Display(q)
	if s.Typed(q.Key) != "" || len(q.Choices) == 0 {
		return text
	}
	value := s.CursorChoice(q)
	for _, o := range q.Choices {
		if o.Value == value && o.Title != text {
			return o.Title + " (suggested)"
		}
	}
	return text
}

// AcceptEmpty accepts an empty line as the answer. It generates a key if the
// field allows that.
func (s *Responses) AcceptEmpty(q Question) {
	if q.Generable && s.typed[q.Key] == "" {
		s.Type(q.Key, GenerateKeyword)
	}
}
