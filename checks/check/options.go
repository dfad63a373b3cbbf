package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
)

// Options chooses among the checks, as the flags of preflight do.
type Options struct {
	// Only runs these groups or ids, and the checks that they need. Empty
	// means all.
	Only []string
	// Skip leaves out these groups or ids; the report lists them as skipped.
	// The checks that need them run all the same.
	Skip []string
	// WarnOnly makes the faults of these groups or ids warnings.
	WarnOnly []string
	// ReadOnly skips every check that writes something, be it for a moment.
	ReadOnly bool
	// Unannounced keeps the checks that have Notices from writing, because
	// nobody has read those: they find out what can be asked for.
	Unannounced bool
}

// UnknownError names a group or id that no check has.
type UnknownError struct {
	Name  string
	Known []string // groups and ids
}

func (e *UnknownError) Error() string {
	if near := nearest.Name(e.Name, e.Known); near != "" {
		return fmt.Sprintf("there is no check or group %q: did you mean %s?", e.Name, near)
	}
	return fmt.Sprintf("there is no check or group %q: the groups are %s; preflight -o json lists the ids",
		e.Name, strings.Join(groups(e.Known), ", "))
}

// Plan returns the checks of the table that a run with these options reports
// on, in the order of the report, or an UnknownError.
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

// want adds a check and everything that it needs.
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

// Matches returns true if one of the names is the id or the group of the check.
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

// Notices says what a run of the table with these options writes into accounts outside the
// cluster for a moment: for a person to read before it. The answers are
// complete.
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
