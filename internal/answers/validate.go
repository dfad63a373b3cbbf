package answers

import "strconv"

// Validate returns everything that is wrong with the answers as such, without
// asking a cluster, a database or the chart. Answers that are missing but have
// a default are not faults.
func Validate(a Answers) Faults {
	var faults Faults
	if a.Version != Version {
		faults = append(faults, Fault{Key: "version", Problem: versionProblem(a.Version), Remedy: "write version: " + strconv.Itoa(Version)})
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
	return "this program does not know version " + strconv.Itoa(version)
}

// faults tells what is wrong with the answer to one field.
func (f Field) faults(a, complete Answers) Faults {
	answered, applies := a.Get(f.Key) != "", f.Applies(complete)
	switch {
	case answered && !applies:
		return Faults{{Key: f.Key, Problem: "it has no meaning beside the other answers", Remedy: f.removeRemedy()}}
	case f.Required(complete) && complete.Get(f.Key) == "":
		return Faults{{Key: f.Key, Problem: "the answer is missing", Remedy: f.answerRemedy()}}
	case complete.Get(f.Key) != "" && applies:
		return f.checkAnswer(complete)
	}
	return nil
}

func (f Field) removeRemedy() string {
	if f.AppliesText == "" {
		return "leave it out"
	}
	return "leave it out: it counts only " + f.AppliesText
}

// give says how to answer the field in a file.
func (f Field) answerRemedy() string {
	switch {
	case f.Kind == Secret:
		return "say where it comes from: {env: NAME}, {file: PATH} or {secretRef: {name: N, key: K}}"
	case f.Kind == Content:
		return "say where it comes from: {file: PATH}, {env: NAME} or {secretRef: {name: N, key: K}}"
	case len(f.Options) > 0:
		_, remedy := oneOf(f, "")
		return remedy
	case f.Example != "":
		return "write it like " + f.Example
	}
	return "give it"
}
