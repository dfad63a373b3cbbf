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
		if fault, bad := f.fault(a, complete); bad {
			faults = append(faults, fault)
		}
	}
	return faults
}

func versionProblem(version int) string {
	if version == 0 {
		return "the version of the answers file is missing"
	}
	return "this program does not know version " + strconv.Itoa(version)
}

// Check tells what is wrong with one answer; both empty when nothing is.
func (f Field) check(a Answers) (problem, remedy string) {
	switch f.Kind {
	case Secret, Content:
		return f.checkSource(a.GetSource(f.Key))
	case Choice:
		return oneOf(f, a.Get(f.Key))
	default:
		if f.Check == nil {
			return "", ""
		}
		return f.Check(a.Get(f.Key))
	}
}

func (f Field) checkSource(s Source) (problem, remedy string) {
	if s.Generate && !f.Generable {
		return "it cannot be generated", "say where it comes from: env, file or secretRef"
	}
	if f.Key == "admin.password" && !s.Value.Empty() {
		if missing := AdminPassword(s.Value.Reveal()); missing != "" {
			return "the server's dashboard would refuse this password", "it needs " + missing
		}
	}
	return "", ""
}

func (f Field) fault(a, complete Answers) (Fault, bool) {
	fault := Fault{Key: f.Key}
	switch answered := a.Get(f.Key) != ""; {
	case answered && !f.Applies(complete):
		fault.Problem, fault.Remedy = "it has no meaning beside the other answers", "leave it out"
	case f.Required(complete) && complete.Get(f.Key) == "":
		fault.Problem, fault.Remedy = "the answer is missing", f.give()
	case complete.Get(f.Key) != "" && f.Applies(complete):
		fault.Problem, fault.Remedy = f.check(complete)
	}
	return fault, fault.Problem != ""
}

// give says how to answer the field in a file.
func (f Field) give() string {
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
