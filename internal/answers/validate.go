package answers

import "strconv"

// Validate returns every problem with the answers that can be found without
// access to a cluster, a database or the chart. Missing answers with a default
// are not faults.
func Validate(a Answers) Faults {
	var faults Faults
	if a.Version != Version {
		faults = append(faults, Fault{Key: "version", Summary: versionProblem(a.Version),
			Remedy: "write version: " + strconv.Itoa(Version)})
	}
	complete := a.Complete()
	for _, f := range Fields {
		faults = append(faults, f.faults(a, complete)...)
	}
	for _, rule := range rules {
		faults = append(faults, rule(complete)...)
	}
	return faults
}

func versionProblem(version int) string {
	if version == 0 {
		return "the version of the answers file is missing"
	}
	return "version " + strconv.Itoa(version) + " is not supported"
}

// faults returns what is wrong with the answer to one field.
func (f Field) faults(a, complete Answers) Faults {
	answered, applies := a.Get(f.Key) != "", f.Applies(complete)
	switch {
	case answered && !applies:
		return Faults{{Key: f.Key, Summary: "it does not apply with the other answers", Remedy: f.removeRemedy()}}
	case f.Required(complete) && complete.Get(f.Key) == "":
		return Faults{{Key: f.Key, Summary: "the answer is missing", Remedy: f.answerRemedy()}}
	case complete.Get(f.Key) != "" && applies:
		return f.checkAnswer(complete)
	}
	return nil
}

func (f Field) removeRemedy() string {
	if f.AppliesText == "" {
		return "remove it"
	}
	return "remove it; it applies only when " + f.AppliesText
}

// answerRemedy describes how to set the field in a file.
func (f Field) answerRemedy() string {
	switch {
	case f.Kind == Secret:
		return "set it to {env: NAME}, {file: PATH} or {secretRef: {name: N, key: K}}"
	case f.Kind == Content:
		return "set it to {file: PATH}, {env: NAME} or {secretRef: {name: N, key: K}}"
	case len(f.Options) > 0:
		_, remedy := oneOf(f, "")
		return remedy
	case f.Example != "":
		return "for example " + f.Example
	}
	return "set it"
}
