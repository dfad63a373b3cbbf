package checks

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func TestTheTableIsSound(t *testing.T) {
	place, group := map[string]int{}, ""
	seen := map[string]bool{}
	for i, c := range Table {
		if _, twice := place[c.ID]; twice || strings.Count(c.ID, ".") != 1 {
			t.Errorf("%s is there twice or is no group.name", c.ID)
		}
		if c.Group() != group && seen[c.Group()] {
			t.Errorf("%s stands apart from its group", c.ID)
		}
		if c.Claim == "" || c.Why == "" || len(c.Finds) == 0 || c.Run == nil || c.Severity != check.MustPass && c.Severity != check.ShouldPass {
			t.Errorf("%s is not complete", c.ID)
		}
		place[c.ID], group, seen[c.Group()] = i, c.Group(), true
	}
	for _, c := range Table {
		if reaches(t, c, c.ID, 0) {
			t.Errorf("%s waits for itself", c.ID)
		}
	}
}

// reaches tells whether a check needs id, by whatever way.
func reaches(t *testing.T, c check.Check, id string, depth int) bool {
	if depth > len(Table) {
		return true
	}
	for _, need := range c.Needs {
		next, ok := ByID(need)
		if !ok {
			t.Errorf("%s needs %s, which there is not", c.ID, need)
			continue
		}
		if need == id || reaches(t, next, id, depth+1) {
			return true
		}
	}
	return false
}
