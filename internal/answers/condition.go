package answers

import "slices"

// condition is when a field has a meaning, for the code and for the reader.
type condition struct {
	holds func(Answers) bool
	text  string // ends the sentence "it counts only …"
}

// and joins conditions.
func (c condition) and(more condition) condition {
	return condition{
		holds: func(a Answers) bool { return c.holds(a) && more.holds(a) },
		text:  c.text + ", and " + more.text,
	}
}

// plain is a group of fields that always have a meaning.
func plain(fields ...Field) []Field { return fields }

// when is a group of fields that have a meaning only under a condition.
func when(c condition, fields ...Field) []Field {
	for i := range fields {
		fields[i].When, fields[i].AppliesText = c.holds, c.text
	}
	return fields
}

// fileOnly is a group of fields that the guided install does not ask.
func fileOnly(groups ...[]Field) []Field {
	fields := slices.Concat(groups...)
	for i := range fields {
		fields[i].FileOnly = true
	}
	return fields
}

// in puts groups of fields into a step of the guided install.
func atStep(step Step, groups ...[]Field) []Field {
	fields := slices.Concat(groups...)
	for i := range fields {
		fields[i].Step = step
	}
	return fields
}

func always(Answers) bool { return true }
