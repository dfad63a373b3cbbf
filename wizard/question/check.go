package question

import (
	"maps"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// groupSteps maps groups of checks to the step with their questions.
var groupSteps = map[string]answers.Step{
	"cluster": answers.StepCluster, "database": answers.StepDatabase,
	"secrets": answers.StepSecrets, "expose": answers.StepAccess,
}

// Groups returns the groups of checks that a step's answers decide.
func Groups(step answers.Step) []string {
	var groups []string
	for group, at := range groupSteps {
		if at == step {
			groups = append(groups, group)
		}
	}
	return groups
}

// StepOf returns the step whose answers decide a check, or "".
func StepOf(c check.Check) answers.Step { return groupSteps[c.Group()] }

// ForResult returns the question whose answer may have to change because of a
// result: the first answer that its remedy names, else the first of the check's
// answers, else the first question of the group's step. Only questions that are
// asked now count. Checks of other groups lead to no question.
func (s *Responses) ForResult(r check.Result) (key string, ok bool) {
	if key, ok := s.firstAsked(append(keyPattern.FindAllString(r.Remedy, -1), r.Check.Answers...)); ok {
		return key, true
	}
	questions := s.Questions(groupSteps[r.Check.Group()])
	if len(questions) == 0 {
		return "", false
	}
	return questions[0].Key, true
}

// NamedIn returns the first key in a remedy whose question is asked.
func (s *Responses) NamedIn(remedy string) (key string, ok bool) {
	return s.firstAsked(keyPattern.FindAllString(remedy, -1))
}

func (s *Responses) firstAsked(keys []string) (key string, ok bool) {
	for _, key := range keys {
		if f, known := answers.FieldByKey(key); known && s.isAsked(f) {
			return key, true
		}
	}
	return "", false
}

func (s *Responses) isAsked(f answers.Field) bool {
	return f.Applies(s.Complete())
}

// CanFix reports whether a fix changes answers that apply now.
func (s *Responses) CanFix(fix check.Fix) bool {
	for key, value := range fix.Answers {
		if f, known := answers.FieldByKey(key); !known || !s.isAsked(f) || s.Typed(key) == value {
			return false
		}
	}
	return !fix.IsZero()
}

// Fix changes the answers, and returns their keys.
func (s *Responses) Fix(fix check.Fix) []string {
	keys := slices.Sorted(maps.Keys(fix.Answers))
	for _, key := range keys {
		s.Type(key, fix.Answers[key])
	}
	return keys
}
