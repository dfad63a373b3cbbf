package answers

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// checkAnswer checks the answer to a field that applies, by its kind.
func (f Field) checkAnswer(a Answers) Faults {
	switch content := fieldAt(reflect.ValueOf(&a).Elem(), f.Key).Interface().(type) {
	case Source:
		return f.checkSource(f.Key, content)
	case []string:
		return f.checkList(content)
	case map[string]string:
		return f.checkPairs(content)
	case map[string]Source:
		return f.checkSources(content)
	}
	if f.Kind == Choice {
		problem, remedy := oneOf(f, a.Get(f.Key))
		return faultAt(f.Key, problem, remedy)
	}
	return f.checkText(f.Key, a.Get(f.Key))
}

func faultAt(key, problem, remedy string) Faults {
	if problem == "" {
		return nil
	}
	return Faults{{Key: key, Summary: problem, Remedy: remedy}}
}

func (f Field) checkText(key, text string) Faults {
	if f.Check == nil {
		return nil
	}
	problem, remedy := f.Check(text)
	return faultAt(key, problem, remedy)
}

func (f Field) checkName(key, name string) Faults {
	if f.CheckName == nil {
		return nil
	}
	problem, remedy := f.CheckName(name)
	return faultAt(key, problem, remedy)
}

func (f Field) checkList(list []string) Faults {
	var faults Faults
	for i, text := range list {
		faults = append(faults, f.checkText(fmt.Sprintf("%s[%d]", f.Key, i), text)...)
	}
	return faults
}

func (f Field) checkPairs(pairs map[string]string) Faults {
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		key := join(f.Key, name)
		faults = append(append(faults, f.checkName(key, name)...), f.checkText(key, pairs[name])...)
	}
	return faults
}

func (f Field) checkSources(sources map[string]Source) Faults {
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		key := join(f.Key, name)
		faults = append(append(faults, f.checkName(key, name)...), f.checkSource(key, sources[name])...)
	}
	return faults
}

// checkSource checks where a content comes from, and the content itself if the
// answers contain it. Messages about secrets never repeat them.
func (f Field) checkSource(key string, s Source) Faults {
	if s.Generate && !f.Generable {
		return faultAt(key, "it cannot be generated", "use env, file or secretRef")
	}
	if ref := s.SecretRef; ref != nil {
		if problem, remedy := optionalDNSName(ref.Name); problem != "" {
			return faultAt(key+".secretRef.name", problem, remedy)
		}
		if !secretKeyPattern.MatchString(ref.Key) {
			return faultAt(key+".secretRef.key", "invalid key of a Secret",
				"use letters, digits, hyphens, dots and underscores")
		}
	}
	if s.Value.Empty() {
		return nil
	}
	return f.checkText(key, s.Value.Reveal())
}
