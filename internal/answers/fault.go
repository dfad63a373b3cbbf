package answers

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with the answers.
type Fault struct {
	Key     string // "database.mysql.host"
	Line    int    // in the answers file; 0 when the answer did not come from one
	Problem string
	Remedy  string

	// Check is the id of the preflight check that the fault belongs to
	// ("supply.values"), where it is found beside the chart; else empty.
	Check string
}

// Error gives the fault in one line: place, key, what is wrong, what to do.
func (f Fault) Error() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", f.Line)
	}
	if f.Key != "" {
		b.WriteString(f.Key + ": ")
	}
	b.WriteString(f.Problem)
	if f.Remedy != "" {
		b.WriteString("; " + f.Remedy)
	}
	return b.String()
}

// Faults is every fault of one set of answers, in the order of the file.
type Faults []Fault

// Error lists the faults, a line each.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns the faults as an error, or nil when there are none.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}
