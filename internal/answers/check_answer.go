package answers

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// judge checks one answer that has a meaning, by its kind.
func (f Field) judge(a Answers) Faults {
	switch content := at(reflect.ValueOf(&a).Elem(), f.Key).Interface().(type) {
	case Source:
		return f.judgeSource(f.Key, content)
	case []string:
		return f.judgeList(content)
	case map[string]string:
		return f.judgePairs(content)
	case map[string]Source:
		return f.judgeSources(content)
	}
	if f.Kind == Choice {
		problem, remedy := oneOf(f, a.Get(f.Key))
		return found(f.Key, problem, remedy)
	}
	return f.judgeText(f.Key, a.Get(f.Key))
}

func found(key, problem, remedy string) Faults {
	if problem == "" {
		return nil
	}
	return Faults{{Key: key, Problem: problem, Remedy: remedy}}
}

func (f Field) judgeText(key, text string) Faults {
	if f.Check == nil {
		return nil
	}
	problem, remedy := f.Check(text)
	return found(key, problem, remedy)
}

func (f Field) judgeName(key, name string) Faults {
	if f.CheckName == nil {
		return nil
	}
	problem, remedy := f.CheckName(name)
	return found(key, problem, remedy)
}

func (f Field) judgeList(list []string) Faults {
	var faults Faults
	for i, text := range list {
		faults = append(faults, f.judgeText(fmt.Sprintf("%s[%d]", f.Key, i), text)...)
	}
	return faults
}

func (f Field) judgePairs(pairs map[string]string) Faults {
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		key := join(f.Key, name)
		faults = append(append(faults, f.judgeName(key, name)...), f.judgeText(key, pairs[name])...)
	}
	return faults
}

func (f Field) judgeSources(sources map[string]Source) Faults {
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		key := join(f.Key, name)
		faults = append(append(faults, f.judgeName(key, name)...), f.judgeSource(key, sources[name])...)
	}
	return faults
}

// judgeSource checks where a content comes from, and the content when it
// stands in the answers. The checks of secrets show nothing of them.
func (f Field) judgeSource(key string, s Source) Faults {
	if s.Generate && !f.Generable {
		return found(key, "it cannot be generated", "say where it comes from: env, file or secretRef")
	}
	if ref := s.SecretRef; ref != nil {
		if problem, remedy := optionalDNSName(ref.Name); problem != "" {
			return found(key+".secretRef.name", problem, remedy)
		}
		if !secretKeyPattern.MatchString(ref.Key) {
			return found(key+".secretRef.key", "it is not a key of a Secret", "use letters, digits, hyphens, dots and underscores")
		}
	}
	if s.Value.Empty() {
		return nil
	}
	return f.judgeText(key, s.Value.Reveal())
}
