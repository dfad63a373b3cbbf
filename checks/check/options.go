package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
)

// Options selects checks, as the flags of preflight do.
type Options struct {
	// Only runs these groups or ids and the checks that they need. Empty means
	// all.
	Only []string
	// Skip skips these groups or ids. The checks that need them still run.
	Skip []string
	// WarnOnly turns the faults of these groups or ids into warnings.
	WarnOnly []string
	// ReadOnly skips every check that creates something, even temporarily.
	ReadOnly bool
	// Unannounced restricts the checks with Notices to reading, because the
	// user has not seen the notices.
	Unannounced bool
	// CreateNamespace creates a missing namespace for the checks that start a
	// pod in it, and removes it afterwards.
	CreateNamespace bool
	// WaitForOther means that the install waits for another run that is
	// changing the release, so that such a run is only a warning.
	WaitForOther bool
}

// UnknownError is an unknown group or id.
type UnknownError struct {
	Name  string
	Known []string // groups and ids
}

func (e *UnknownError) Error() string {
	if near := nearest.Name(e.Name, e.Known); near != "" {
		return fmt.Sprintf("unknown check or group %q: did you mean %s?", e.Name, near)
	}
	return fmt.Sprintf("unknown check or group %q: the groups are %s; preflight -o json lists the ids",
		e.Name, strings.Join(groups(e.Known), ", "))
}

// Plan returns the checks of the table that a run with these options reports, in
// the order of the report, or an UnknownError.
func (o Options) Plan(table []Check) ([]Check, error) {
	for _, names := range [][]string{o.Only, o.Skip, o.WarnOnly} {
		for _, name := range names {
			if !known(table, name) {
				return nil, unknown(table, name)
			}
		}
	}
	if len(o.Only) == 0 {
		return table, nil
	}
	wanted := map[string]bool{}
	for _, c := range table {
		if Matches(c, o.Only) {
			want(table, c, wanted)
		}
	}
	var plan []Check
	for _, c := range table {
		if wanted[c.ID] {
			plan = append(plan, c)
		}
	}
	return plan, nil
}

// want adds a check and the checks that it needs.
func want(table []Check, c Check, wanted map[string]bool) {
	if wanted[c.ID] {
		return
	}
	wanted[c.ID] = true
	for _, id := range c.Needs {
		if need, ok := Find(table, id); ok {
			want(table, need, wanted)
		}
	}
}

// Matches returns true if one of the names is the check's id or group.
func Matches(c Check, names []string) bool {
	return slices.Contains(names, c.ID) || slices.Contains(names, c.Group())
}

func known(table []Check, name string) bool {
	return slices.ContainsFunc(table, func(c Check) bool { return c.ID == name || c.Group() == name })
}

func unknown(table []Check, name string) *UnknownError {
	e := &UnknownError{Name: name}
	for _, c := range table {
		if !slices.Contains(e.Known, c.Group()) {
			e.Known = append(e.Known, c.Group())
		}
		e.Known = append(e.Known, c.ID)
	}
	return e
}

func groups(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.Contains(n, ".") })
}

// Notices describes what a run with these options creates temporarily in
// accounts outside the cluster, for the user to read before the run. The
// answers are complete.
func (o Options) Notices(table []Check, a answers.Answers) []string {
	plan, err := o.Plan(table)
	if err != nil || o.ReadOnly || o.Unannounced {
		return nil
	}
	var all []string
	for _, c := range plan {
		if c.Notices != nil && !Matches(c, o.Skip) {
			all = append(all, c.Notices(a)...)
		}
	}
	return all
}
