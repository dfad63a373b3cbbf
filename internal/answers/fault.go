package answers

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one problem with the answers.
type Fault struct {
	Key     string // "database.mysql.host"
	Line    int    // in the answers file; 0 if the answer is not from a file
	Summary string
	Remedy  string

	// Check is the id of the preflight check that reports the fault
	// ("supply.values"), if it depends on the chart.
	Check string

	// Warning marks what no answer asks for: a default, or what the installer
	// adds by itself. It stops nothing.
	Warning bool
}

// Error formats the fault in one line: place, key, problem, remedy.
func (f Fault) Error() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", f.Line)
	}
	if f.Key != "" {
		b.WriteString(f.Key + ": ")
	}
	b.WriteString(f.Summary)
	if f.Remedy != "" {
		b.WriteString("; " + f.Remedy)
	}
	return b.String()
}

// Faults are all problems with a set of answers, in the order of the file.
type Faults []Fault

// Error lists the faults, one per line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// Split separates the faults that stop from the warnings.
func (f Faults) Split() (faults, warnings Faults) {
	for _, fault := range f {
		if fault.Warning {
			warnings = append(warnings, fault)
		} else {
			faults = append(faults, fault)
		}
	}
	return faults, warnings
}

// Err returns the faults as an error, or nil if there are none.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// ByField returns the faults with the keys of the fields that they are about: a fault of
// an entry, such as server.resources.requests.memory, names the entry in its summary.
// Keys of no field stay.
func (f Faults) ByField() Faults {
	faults := slices.Clone(f)
	for i := range faults {
		fault := &faults[i]
		field, entry := splitKey(fault.Key)
		if entry != "" {
			fault.Key, fault.Summary = field, strings.Trim(entry, ".")+": "+fault.Summary
		}
	}
	return faults
}

// splitKey returns the key of a field, and the rest of the given key. Without a field,
// the rest is empty.
func splitKey(key string) (field, entry string) {
	for at := len(key); at > 0; at = strings.LastIndexAny(key[:at], ".[") {
		if _, known := FieldByKey(key[:at]); known {
			return key[:at], key[at:]
		}
	}
	return key, ""
}
