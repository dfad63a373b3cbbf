package checks

import "github.com/zenml-installer/zenml-installer/internal/answers"

// Notices says what a run with these options writes into accounts outside the
// cluster for a moment: for a person to read before it. The answers are
// complete.
func Notices(a answers.Answers, o Options) []string {
	plan, err := o.plan(Table)
	if err != nil || o.ReadOnly || o.Unannounced {
		return nil
	}
	var all []string
	for _, c := range plan {
		if c.Notices != nil && !matches(c, o.Skip) {
			all = append(all, c.Notices(a)...)
		}
	}
	return all
}
