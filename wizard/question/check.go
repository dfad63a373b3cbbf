package question

import (
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// groupSteps maps groups of checks to the step with their questions.
var groupSteps = map[string]answers.Step{
	"cluster": answers.StepCluster, "database": answers.StepDatabase,
	"secrets": answers.StepSecrets, "expose": answers.StepAccess,
}

// ForCheck returns the question to change when a check fails: the first of the
// check's answers that applies, otherwise the first question of its group's
// step. ok is false for groups without questions.
func (s *Responses) ForCheck(c check.Check) (key string, ok bool) {
	for _, key := range c.Answers {
		if f, known := answers.FieldByKey(key); known && s.isAsked(f) {
			return key, true
		}
	}
	questions := s.Questions(groupSteps[c.Group()])
	if len(questions) == 0 {
		return "", false
	}
	return questions[0].Key, true
}

func (s *Responses) isAsked(f answers.Field) bool {
	return slices.ContainsFunc(s.Questions(f.Step), func(q Question) bool { return q.Key == f.Key })
}
