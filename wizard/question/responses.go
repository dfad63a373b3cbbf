// Package question turns the fields of the answers model into questions and
// keeps what was typed. The screens and the line prompter share it, so that
// both ask the same, take the same and refuse the same.
package question

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Sheet holds what was typed, by the field's key, over the answers that the
// install began with. A text stays on the sheet when its field loses its
// meaning beside the other answers, and counts again when it regains it.
type Responses struct {
	base        answers.Answers
	typed       map[string]string
	suggestions []Suggestion
	choices     map[string][]answers.Option
	snapshot    *snapshot // what the sheet says as it is, nil after a change
}

// reading is a sheet that was read.
type snapshot struct {
	answers  answers.Answers
	complete answers.Answers
	faults   map[string]answers.Fault
}

// Suggestion is a ready set of answers that is offered as one more option of
// a Choice.
type Suggestion struct {
	Key     string // the Choice that offers it: "database.type"
	Title   string
	Help    string // one sentence
	Answers answers.Answers
}

// NewSheet begins with answers that are there already.
func NewResponses(start answers.Answers) *Responses {
	s := &Responses{base: start, typed: map[string]string{}, choices: map[string][]answers.Option{}}
	s.SetAll(start)
	return s
}

// Put puts every answer of a that can be typed on the sheet, over what is
// there.
func (s *Responses) SetAll(a answers.Answers) {
	s.snapshot = nil
	for _, f := range answers.Fields {
		if !isTypeable(f) || a.Get(f.Key) == "" {
			continue
		}
		switch {
		case !f.FileOnly:
			s.typed[f.Key] = typedForm(f, a)
		case takesSource(f):
			s.base.SetSource(f.Key, a.GetSource(f.Key))
		default:
			_ = s.base.Set(f.Key, a.Get(f.Key)) // it was there in this form
		}
	}
}

// typeable tells whether an answer fits into one line.
func isTypeable(f answers.Field) bool {
	switch f.Kind {
	case answers.Tree, answers.Secrets, answers.Items:
		return false
	}
	return true
}

// Typed returns the text at key as it was typed; it may be a secret.
func (s *Responses) Typed(key string) string { return s.typed[key] }

// Type puts a text at key. The name of a suggestion puts all its answers on
// the sheet instead.
func (s *Responses) Type(key, text string) {
	s.snapshot = nil
	for i, offer := range s.suggestions {
		if offer.Key == key && text == suggestionValue(i) {
			s.SetAll(offer.Answers)
			return
		}
	}
	s.typed[key] = text
}

// Answers returns what the sheet says, without defaults and without fields
// that have no meaning beside the others. Texts that cannot be read are left
// out: Fault tells of them.
func (s *Responses) Answers() answers.Answers { return s.read().answers }

// Complete returns what the sheet says, with the defaults filled in.
func (s *Responses) Complete() answers.Answers { return s.read().complete }

func (s *Responses) read() *snapshot {
	if s.snapshot != nil {
		return s.snapshot
	}
	a := s.base
	a.Version = answers.Version
	for _, f := range answers.Fields {
		if !f.FileOnly && isTypeable(f) {
			setTyped(&a, f, s.typed[f.Key])
		}
	}
	// A field may lose its meaning by the loss of another.
	for range 2 {
		complete := a.Complete()
		for _, f := range answers.Fields {
			if !f.Applies(complete) {
				clearAnswer(&a, f)
			}
		}
	}
	s.snapshot = &snapshot{answers: a, complete: a.Complete(), faults: map[string]answers.Fault{}}
	for _, fault := range answers.Validate(a) {
		if _, known := s.snapshot.faults[fault.Key]; !known {
			s.snapshot.faults[fault.Key] = fault
		}
	}
	return s.snapshot
}

// without removes the answer to a field, whatever its kind.
func clearAnswer(a *answers.Answers, f answers.Field) {
	_ = a.Set(f.Key, "") // nothing is a text for every kind
}

func setTyped(a *answers.Answers, f answers.Field, text string) {
	if !takesSource(f) {
		if a.Set(f.Key, text) != nil {
			_ = a.Set(f.Key, "")
		}
		return
	}
	source, problem, _ := readSource(f, text)
	if problem != "" {
		source = answers.Source{}
	}
	a.SetSource(f.Key, source)
}

// Fault says what is wrong with the answer to key, in words for someone who
// is being asked.
func (s *Responses) Fault(key string) (answers.Fault, bool) {
	f, ok := answers.FieldByKey(key)
	if !ok {
		return answers.Fault{}, false
	}
	text := s.typed[key]
	if text == "" && f.Required(s.Complete()) && s.Complete().Get(key) == "" {
		return answers.Fault{Key: key, Problem: "an answer is needed here", Remedy: expectedAnswer(f)}, true
	}
	if problem, remedy := parseProblem(f, text); problem != "" {
		return answers.Fault{Key: key, Problem: problem, Remedy: remedy}, true
	}
	if problem, remedy := s.typedProblem(f, text); problem != "" {
		return answers.Fault{Key: key, Problem: problem, Remedy: remedy}, true
	}
	fault, bad := s.read().faults[key]
	fault.Problem, fault.Remedy = UseTitles(fault.Problem), UseTitles(fault.Remedy)
	return fault, bad
}

// mistyped holds what was typed now against the rule for that. What the
// install began with may be older than the rule.
func (s *Responses) typedProblem(f answers.Field, text string) (problem, remedy string) {
	if f.CheckTyped == nil || text == "" || text == typedForm(f, s.base) {
		return "", ""
	}
	source, _, _ := readSource(f, text)
	if source.Value.Empty() {
		return "", ""
	}
	return f.CheckTyped(source.Value.Reveal())
}

// Missing returns the first fault among the questions of a step.
func (s *Responses) FirstFault(step answers.Step) (answers.Fault, bool) {
	for _, q := range s.Questions(step) {
		if fault, bad := s.Fault(q.Key); bad {
			return fault, true
		}
	}
	return answers.Fault{}, false
}

func expectedAnswer(f answers.Field) string {
	switch {
	case len(f.Options) > 0:
		return "choose one"
	case f.Kind == answers.Secret:
		return "type it, or name where it is: env:NAME, file:PATH or secret:NAME/KEY"
	case f.Kind == answers.Content:
		return "give the name of the file"
	case f.Example != "":
		return "for example " + f.Example
	}
	return "type it"
}
