// Package question turns the fields of the answers model into questions and
// stores the responses. The screens and the line prompter share it, so that
// both ask the same questions and accept the same answers.
package question

import (
	"maps"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Responses contains the entered texts by field key, on top of the initial
// answers. A text is kept when its field stops applying, and used again when it
// applies again.
type Responses struct {
	base        answers.Answers
	typed       map[string]string
	suggestions []Suggestion
	choices     map[string][]answers.Option
	found       map[string][]answers.Option // in the cluster
	kept        map[string]string           // Secrets with a key of a previous install
	offered     map[string][]answers.Option // by the database server
	snapshot    *snapshot                   // result of evaluating the responses, nil after a change
}

// snapshot is the result of evaluating the responses.
type snapshot struct {
	answers  answers.Answers
	complete answers.Answers
	faults   map[string]answers.Fault
}

// Suggestion is a set of answers that is offered as an additional option of a
// Choice.
type Suggestion struct {
	Key     string // key of the Choice: "database.type"
	Title   string
	Help    string // one sentence
	Answers answers.Answers
}

// NewResponses starts with existing answers.
func NewResponses(start answers.Answers) *Responses {
	s := &Responses{choices: map[string][]answers.Option{}}
	s.Restart(start)
	return s
}

// Restart replaces the initial answers, and what was typed.
func (s *Responses) Restart(start answers.Answers) {
	s.base, s.typed = start, map[string]string{}
	s.SetAll(start)
}

// Checkpoint is what was answered at some time.
type Checkpoint struct {
	base  answers.Answers
	typed map[string]string
}

// Checkpoint returns what is answered now.
func (s *Responses) Checkpoint() Checkpoint { return Checkpoint{s.base, maps.Clone(s.typed)} }

// Restore goes back to a checkpoint.
func (s *Responses) Restore(c Checkpoint) {
	s.base, s.typed, s.snapshot = c.base, maps.Clone(c.typed), nil
}

// SetAll stores every answer of a that can be typed, replacing existing ones.
func (s *Responses) SetAll(a answers.Answers) {
	s.snapshot = nil
	for _, f := range answers.Fields {
		if a.Get(f.Key) == "" {
			continue
		}
		if !f.Advanced {
			s.typed[f.Key] = typedForm(f, a)
			continue
		}
		delete(s.typed, f.Key)
		if takesSource(f) {
			s.base.SetSource(f.Key, a.GetSource(f.Key))
		} else if line := a.OneLine(f.Key); line != "" {
			_ = s.base.Set(f.Key, line) // it was valid in this form
		}
	}
}

// Import stores the settings of a release. An Ingress without a certificate stays
// so: what the cluster suggests is for new ones.
func (s *Responses) Import(a answers.Answers) {
	s.SetAll(a)
	if a.Expose.Type == answers.ByIngress && a.Expose.TLS.Mode == "" {
		s.Type(certificateKey, answers.CertOff)
	}
}

// Typed returns the text at key as entered, or that would give the answer. It may
// be a secret.
func (s *Responses) Typed(key string) string {
	text, entered := s.typed[key]
	if f, known := answers.FieldByKey(key); !entered && known && f.Advanced {
		return typedForm(f, s.base)
	}
	return text
}

// Type stores a text at key. If the text is the value of a suggestion, it
// stores all its answers instead.
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

// Answers returns the answers without defaults, without fields that don't
// apply, and without texts that cannot be parsed, which Fault reports.
func (s *Responses) Answers() answers.Answers { return s.read().answers }

// Complete returns the answers with the defaults filled in.
func (s *Responses) Complete() answers.Answers { return s.read().complete }

func (s *Responses) read() *snapshot {
	if s.snapshot != nil {
		return s.snapshot
	}
	a := s.base
	a.Version = answers.Version
	for _, f := range answers.Fields {
		if text, entered := s.typed[f.Key]; entered || !f.Advanced {
			setTyped(&a, f, text)
		}
	}
	// A field may stop applying because another one does.
	for range 2 {
		complete := a.Complete()
		for _, f := range answers.Fields {
			if !f.Applies(complete) {
				clearAnswer(&a, f)
			}
		}
	}
	s.snapshot = &snapshot{answers: a, complete: a.Complete(), faults: map[string]answers.Fault{}}
	for _, fault := range answers.Validate(a).ByField() {
		if _, known := s.snapshot.faults[fault.Key]; !known {
			s.snapshot.faults[fault.Key] = fault
		}
	}
	return s.snapshot
}

// clearAnswer removes the answer to a field of any kind.
func clearAnswer(a *answers.Answers, f answers.Field) {
	_ = a.Set(f.Key, "") // an empty text is valid for every kind
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

// Fault returns the fault of the answer to key, in the wording of the guided
// install.
func (s *Responses) Fault(key string) (answers.Fault, bool) {
	f, ok := answers.FieldByKey(key)
	if !ok {
		return answers.Fault{}, false
	}
	text := s.typed[key]
	if text == "" && f.Required(s.Complete()) && s.Complete().Get(key) == "" {
		return answers.Fault{Key: key, Summary: "an answer is required", Remedy: Expected(f)}, true
	}
	if problem, remedy := parseProblem(f, text); problem != "" {
		return answers.Fault{Key: key, Summary: problem, Remedy: remedy}, true
	}
	if problem, remedy := s.typedProblem(f, text); problem != "" {
		return answers.Fault{Key: key, Summary: problem, Remedy: remedy}, true
	}
	fault, bad := s.read().faults[key]
	fault.Summary, fault.Remedy = UseTitles(fault.Summary), UseTitles(fault.Remedy)
	return fault, bad
}

// typedProblem checks a newly entered secret. Initial answers may predate the
// rule and stay valid.
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

// FirstFault returns the first fault among the questions of a step.
func (s *Responses) FirstFault(step answers.Step) (answers.Fault, bool) {
	questions := s.Questions(step)
	if step == answers.StepAdvanced {
		questions = s.Advanced()
	}
	for _, q := range questions {
		if fault, bad := s.Fault(q.Key); bad {
			return fault, true
		}
	}
	return answers.Fault{}, false
}

// Expected describes in a few words how a field is answered.
func Expected(f answers.Field) string {
	switch {
	case len(f.Options) > 0:
		return "choose one"
	case isDocument(f):
		return "paste it, or enter the file name"
	case f.Kind == answers.Secret:
		return "type it, or enter env:NAME, file:PATH or secret:NAME/KEY"
	case f.Example != "":
		return "for example " + f.Example
	}
	switch f.Kind {
	case answers.List:
		return "for example A, B"
	case answers.Pairs:
		return "for example NAME=VALUE, NAME=VALUE"
	case answers.Secrets:
		return "for example {NAME: {env: VARIABLE}}"
	case answers.Tree:
		return "for example {name: value}"
	}
	return "type it"
}
