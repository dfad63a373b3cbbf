package check

import (
	"context"
	"strings"
	"testing"
)

func TestLeftovers(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status Status
		say    string
		next   Status
	}{
		"pass":  {nil, Warned, "all is well", Pass},
		"skip":  {Skip("no access"), Warned, "no access", Skipped},
		"fault": {&Fault{Summary: "broken", Remedy: "fix it", Err: context.DeadlineExceeded}, Failed, "broken", Skipped},
		"limit": {context.DeadlineExceeded, Failed, "deadline", Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			table := []Check{
				{
					ID:       "a.made",
					Severity: MustPass,
					Reason:   "it matters",
					Run: func(_ context.Context, e *Env) (string, error) {
						e.Leave(Leftover{What: "the thing", Remedy: "rm thing"})
						return "all is well", c.err
					},
				},
				{ID: "a.next", Severity: MustPass, Needs: []string{"a.made"}, Run: passes},
			}
			r := mustRun(t, table, Options{})
			made, _ := r.ByID("a.made")
			if made.Status != c.status || made.Reason == "" {
				t.Errorf("status %s, want %s: %+v", made.Status, c.status, made)
			}
			for _, text := range []string{c.say, "left behind: the thing", "rm thing"} {
				if !strings.Contains(made.Message+"\n"+made.Remedy, text) {
					t.Errorf("missing %q in %s\n%s", text, made.Message, made.Remedy)
				}
			}
			if next, _ := r.ByID("a.next"); next.Status != c.next {
				t.Errorf("status of the dependent check %s, want %s", next.Status, c.next)
			}
			if left := r.Left(); len(left) != 1 || left[0].Remedy != "rm thing" {
				t.Errorf("%v", left)
			}
		})
	}
}
