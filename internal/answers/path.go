package answers

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Get returns the answer at key in the form that Set takes, or "" if there is
// none. A Source is returned as Source.Describe, not as its content. It panics
// if no field has the key, because keys are literals.
func (a Answers) Get(key string) string {
	v := fieldAt(reflect.ValueOf(&a).Elem(), key)
	if v.IsZero() {
		return ""
	}
	switch content := v.Interface().(type) {
	case string:
		return content
	case int:
		return strconv.Itoa(content)
	case *int:
		return strconv.Itoa(*content)
	case bool:
		return strconv.FormatBool(content)
	case *bool:
		return strconv.FormatBool(*content)
	case Source:
		return content.Describe()
	case Host:
		return content.String()
	case []string:
		return strings.Join(content, ", ")
	case map[string]string:
		return pairsText(content)
	default:
		return "given"
	}
}

// pairsText formats pairs as Set takes them, sorted by name.
func pairsText(pairs map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		all = append(all, name+"="+pairs[name])
	}
	return strings.Join(all, ", ")
}

// GetSource returns the Source at key. It panics if key is not one.
func (a Answers) GetSource(key string) Source {
	return fieldAt(reflect.ValueOf(&a).Elem(), key).Interface().(Source)
}

// Set stores an answer at key in the form in which it is typed: integers in
// digits, booleans as true or false, a secret or a certificate as its content,
// lists with commas, pairs as NAME=VALUE with commas, other collections in YAML.
// A list or pairs may be in YAML, too: [a, b], {NAME: VALUE}. Empty text removes
// the answer. It panics if no field has the key, because keys are literals.
func (a *Answers) Set(key, text string) error {
	v := fieldAt(reflect.ValueOf(a).Elem(), key)
	if text == "" {
		v.SetZero()
		return nil
	}
	if isYAML(v, text) {
		return setYAML(v, key, text)
	}
	switch v.Interface().(type) {
	case string:
		v.SetString(text)
	case int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return errors.New(quoted(text) + " is not a whole number")
		}
		if n == 0 {
			return errors.New(zeroProblem + ": " + zeroRemedy)
		}
		v.SetInt(int64(n))
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return errors.New(quoted(text) + " is not a whole number")
		}
		v.Set(reflect.ValueOf(&n))
	case bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New(quoted(text) + " is neither true nor false")
		}
		v.SetBool(b)
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New(quoted(text) + " is neither true nor false")
		}
		v.Set(reflect.ValueOf(&b))
	case Source:
		v.Set(reflect.ValueOf(Source{Value: secret.New(text)}))
	case Host:
		v.Set(reflect.ValueOf(parseHost(text)))
	case []string:
		v.Set(reflect.ValueOf(splitList(text)))
	case map[string]string:
		return setPairs(v, text)
	}
	return nil
}

// A plain integer of the model cannot distinguish 0 from no answer, so fields
// where 0 is valid are pointers.
const (
	zeroProblem = "0 is not allowed"
	zeroRemedy  = "use a number from 1, or remove it"
)

func parseHost(text string) Host {
	if text == NipIO {
		return Host{NipIO: true}
	}
	return Host{Name: text}
}

func splitList(text string) []string {
	parts := strings.Split(text, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func setPairs(v reflect.Value, text string) error {
	pairs := map[string]string{}
	for _, part := range splitList(text) {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return errors.New(quoted(part) + " is not in the form NAME=VALUE")
		}
		pairs[name] = value
	}
	v.Set(reflect.ValueOf(pairs))
	return nil
}

// SetSource stores a Source at key. It panics if key is not one.
func (a *Answers) SetSource(key string, s Source) {
	fieldAt(reflect.ValueOf(a).Elem(), key).Set(reflect.ValueOf(s))
}

// Complete returns the answers with the default of every field that applies and
// has no answer.
func (a Answers) Complete() Answers {
	for _, f := range Fields {
		if f.Default == "" || !f.Applies(a) || a.Get(f.Key) != "" {
			continue
		}
		if err := a.Set(f.Key, f.Default); err != nil {
			panic(fmt.Sprintf("default of %s: %v", f.Key, err)) // defaults are literals; a test sets them all
		}
	}
	a.Version = Version
	return a
}

func fieldAt(v reflect.Value, key string) reflect.Value {
	for _, part := range strings.Split(key, ".") {
		i, ok := fieldIndex(v.Type(), part)
		if !ok {
			panic("answers: no field " + key)
		}
		v = v.Field(i)
	}
	return v
}

// fieldIndex finds the struct field with a YAML name.
func fieldIndex(t reflect.Type, name string) (int, bool) {
	for i := range t.NumField() {
		if yamlName(t.Field(i)) == name {
			return i, true
		}
	}
	return 0, false
}

func yamlName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}
