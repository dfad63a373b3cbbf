package question

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Question is a field as it is asked now.
type Question struct {
	answers.Field
	// Choices are the field's own options, or those found on the cluster, and
	// the suggestions; empty where the answer is typed.
	Choices []answers.Option
}

// Offer adds suggestions to the questions that their keys name.
func (s *Responses) SetSuggestions(suggestions []Suggestion) { s.suggestions = suggestions }

// Choices sets the options that were found for a field that is otherwise
// typed. Without options it is typed.
func (s *Responses) SetChoices(key string, options []answers.Option) { s.choices[key] = options }

// Questions returns what is asked in a step, beside what was answered.
func (s *Responses) Questions(step answers.Step) []Question {
	var questions []Question
	for _, f := range answers.Asked(step, s.Complete()) {
		if isTypeable(f) {
			questions = append(questions, s.question(f))
		}
	}
	return questions
}

// Steps returns the steps that ask something.
func (s *Responses) Steps() []answers.Step {
	var steps []answers.Step
	for _, step := range answers.Steps {
		if len(answers.Asked(step, s.Complete())) > 0 {
			steps = append(steps, step)
		}
	}
	return steps
}

func (s *Responses) question(f answers.Field) Question {
	q := Question{Field: f, Choices: slices.Clone(f.Options)}
	switch {
	case f.Kind == answers.Boolean:
		q.Choices = []answers.Option{{Value: "true", Title: "yes"}, {Value: "false", Title: "no"}}
	case len(s.choices[f.Key]) > 0:
		q.Choices = slices.Clone(s.choices[f.Key])
	}
	if len(q.Choices) > 0 {
		q.Help = emptyHint.ReplaceAllString(q.Help, "")
	}
	for i, offer := range s.suggestions {
		if offer.Key == f.Key {
			q.Choices = append(q.Choices, answers.Option{Value: suggestionValue(i), Title: offer.Title, Help: offer.Help})
		}
	}
	return q
}

// emptyMeans is the sentence of a help that has no meaning beside a list: a
// list has no empty line.
var emptyHint = regexp.MustCompile(` ?Empty (means|leaves)[^.]*\.`)

// offerName is the value that stands for a suggestion among the options; no
// field has a value with a space.
func suggestionValue(i int) string { return "suggestion " + strconv.Itoa(i) }

// Chosen returns the option on which a cursor begins: what counts now, else
// the first.
func (s *Responses) CursorChoice(q Question) string {
	if value := s.CurrentChoice(q); value != "" || len(q.Choices) == 0 {
		return value
	}
	return q.Choices[0].Value
}

// Counts returns the option that counts now: what was answered, else the
// default; nothing when there is neither.
func (s *Responses) CurrentChoice(q Question) string {
	for _, value := range []string{s.typed[q.Key], q.Default, booleanDefault(q)} {
		if slices.ContainsFunc(q.Choices, func(o answers.Option) bool { return o.Value == value }) {
			return value
		}
	}
	return ""
}

// falseWhenBoolean: an unanswered Boolean counts as false.
func booleanDefault(q Question) string {
	if q.Kind == answers.Boolean {
		return "false"
	}
	return ""
}

// Shown returns the answer as it may be shown: a secret by where it comes
// from, a choice by its title, and whether it is only the default.
func (s *Responses) Display(q Question) (text string, isDefault bool) {
	typed := s.typed[q.Key]
	switch {
	case takesSource(q.Field) && typed != "":
		if source, problem, _ := readSource(q.Field, typed); problem == "" && !source.Value.Empty() {
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

// Settle takes an empty line as the answer to a question: where a random key
// serves, one is to be made.
func (s *Responses) AcceptEmpty(q Question) {
	if q.Generable && s.typed[q.Key] == "" {
		s.Type(q.Key, GenerateKeyword)
	}
}
