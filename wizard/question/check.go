package question

import (
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// groupSteps are the steps that ask for what a group of checks is about.
var groupSteps = map[string]answers.Step{
	"cluster": answers.StepCluster, "database": answers.StepDatabase,
	"secrets": answers.StepSecrets, "expose": answers.StepAccess,
}

// ForCheck returns the question whose answer may have to change when a check
// fails: the first of the check's answers that is asked now, else the first
// question of its group's step. Checks of other groups lead to no question.
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
