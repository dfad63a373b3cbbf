package answers

import "slices"

// condition determines when a field applies, and describes it.
type condition struct {
	holds func(Answers) bool
	text  string // completes the sentence "Applies when …"
}

// and combines two conditions.
func (c condition) and(more condition) condition {
	return condition{
		holds: func(a Answers) bool { return c.holds(a) && more.holds(a) },
		text:  c.text + " and " + more.text,
	}
}

// plain groups fields that always apply.
func plain(fields ...Field) []Field { return fields }

// when groups fields that apply under a condition.
func when(c condition, fields ...Field) []Field {
	for i := range fields {
		fields[i].When, fields[i].AppliesText = c.holds, c.text
	}
	return fields
}

// advanced groups fields that most installs leave alone. The guided install
// lists them in its Advanced step.
func advanced(groups ...[]Field) []Field {
	fields := slices.Concat(groups...)
	for i := range fields {
		fields[i].Advanced = true
	}
	return fields
}

// missing marks groups of advanced fields that the guided install asks in their
// step if the cluster lacks what they are about.
func missing(groups ...[]Field) []Field {
	fields := slices.Concat(groups...)
	for i := range fields {
		fields[i].IfMissing = true
	}
	return fields
}

// atStep assigns groups of fields to a step of the guided install.
func atStep(step Step, groups ...[]Field) []Field {
	fields := slices.Concat(groups...)
	for i := range fields {
		fields[i].Step = step
	}
	return fields
}

func always(Answers) bool { return true }
