package importer

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/binding"
)

// take removes the value at a dotted path from the tree and returns it. null
// counts as absent.
func (r *reader) take(path string) (any, bool) {
	m := r.tree
	parts := strings.Split(path, ".")
	for _, name := range parts[:len(parts)-1] {
		below, ok := m[name].(map[string]any)
		if !ok {
			return nil, false
		}
		m = below
	}
	last := parts[len(parts)-1]
	value, ok := m[last]
	if !ok {
		return nil, false
	}
	delete(m, last)
	return value, value != nil
}

// put returns an unused value to the tree.
func (r *reader) put(path string, value any) {
	m := r.tree
	parts := strings.Split(path, ".")
	for _, name := range parts[:len(parts)-1] {
		below, ok := m[name].(map[string]any)
		if !ok {
			below = map[string]any{}
			m[name] = below
		}
		m = below
	}
	m[parts[len(parts)-1]] = value
}

// text takes a string, number or boolean as text.
func (r *reader) text(path string) string {
	value, ok := r.take(path)
	if !ok {
		return ""
	}
	text, isText := tree.ScalarText(value)
	if !isText {
		r.put(path, value)
	}
	return text
}

// number takes a positive integer, which may be a string.
func (r *reader) number(path string) int {
	value, ok := r.take(path)
	if !ok {
		return 0
	}
	text, _ := tree.ScalarText(value)
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		r.put(path, value) // no answer accepts it
		return 0
	}
	return n
}

// numberOrZero takes a non-negative integer. It ignores the number 0, which the
// charts treat as unset, but not the string "0".
func (r *reader) numberOrZero(path string) *int {
	value, ok := r.take(path)
	if !ok {
		return nil
	}
	text, _ := tree.ScalarText(value)
	n, err := strconv.Atoi(text)
	if _, isText := value.(string); err != nil || n < 0 || n == 0 && !isText {
		r.put(path, value)
		return nil
	}
	return &n
}

// truth takes a boolean; given reports whether it was set.
func (r *reader) truth(path string) (value, given bool) {
	taken, ok := r.take(path)
	if !ok {
		return false, false
	}
	text, _ := tree.ScalarText(taken)
	b, err := strconv.ParseBool(text)
	if err != nil {
		r.put(path, taken)
		return false, false
	}
	return b, true
}

// texts takes a list of texts.
func (r *reader) texts(path string) []string {
	value, ok := r.take(path)
	if !ok {
		return nil
	}
	list, isList := value.([]any)
	var texts []string
	for _, item := range list {
		text, isText := tree.ScalarText(item)
		if !isText {
			isList = false
			break
		}
		texts = append(texts, text)
	}
	if !isList {
		r.put(path, value)
		return nil
	}
	return slices.DeleteFunc(texts, func(text string) bool { return r.isHidden(path, text) })
}

// open takes a text for an answer that is not secret.
func (r *reader) open(path string) string {
	text := r.text(path)
	if r.isHidden(path, text) {
		return ""
	}
	return text
}

// isHidden reports whether a text contains a secret, such as a URL with a
// password or --password=…, and adds a note if so.
func (r *reader) isHidden(path, text string) bool {
	name, _, assigns := strings.Cut(text, "=")
	isOption := assigns && strings.HasPrefix(name, "-") && secret.IsSensitiveName([]string{name})
	if !isOption && !secret.LooksSensitive(text) {
		return false
	}
	r.note(path, "left out: it contains a password or the like; use a variable in server.secretEnvironment")
	return true
}

// pairs takes a mapping of strings.
func (r *reader) pairs(path string) map[string]string {
	below := r.mapping(path)
	if below == nil {
		return nil
	}
	pairs := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(below)) {
		text, ok := tree.ScalarText(below[name])
		if !ok {
			r.put(path, below)
			return nil
		}
		if path == "server.environment" || path == "server.secretEnvironment" || !r.isHidden(path+"."+name, text) {
			pairs[name] = text
		}
	}
	return pairs
}

// mapping takes a non-empty mapping.
func (r *reader) mapping(path string) map[string]any {
	value, ok := r.take(path)
	if !ok {
		return nil
	}
	tree, isMap := value.(map[string]any)
	if !isMap {
		r.put(path, value)
	}
	if len(tree) == 0 {
		return nil
	}
	return tree
}

// bind imports the chart value of a binding.
func (r *reader) bind(b binding.Binding) {
	switch at := b.At.(type) {
	case *string:
		*at = r.open("server." + b.Name)
	case *int:
		*at = r.number("server." + b.Name)
	case **int:
		*at = r.numberOrZero("server." + b.Name)
	case *[]string:
		*at = r.texts("server." + b.Name)
	}
}

// plainSource returns a Source with inline content.
func plainSource(text string) answers.Source {
	if text == "" {
		return answers.Source{}
	}
	return answers.Source{Value: secret.New(text)}
}

// inlineOrRef takes a {value: …} or {secretRef: …} mapping.
func (r *reader) inlineOrRef(path string) answers.Source {
	if ref, ok := r.ref(path + ".secretRef"); ok {
		r.text(path + ".value")
		return answers.Source{SecretRef: &ref}
	}
	return plainSource(r.text(path + ".value"))
}

// ref takes a {name, key} mapping.
func (r *reader) ref(path string) (answers.SecretRef, bool) {
	ref := answers.SecretRef{Name: r.text(path + ".name"), Key: r.text(path + ".key")}
	return ref, ref.Name != "" && ref.Key != ""
}

// envRef is an entry of environmentSecretKeyRefs.
type envRef struct {
	name string
	ref  answers.SecretRef
}

// references takes environmentSecretKeyRefs. The readers claim those that
// belong to an answer.
func (r *reader) references() {
	const path = "server.environmentSecretKeyRefs"
	value, ok := r.take(path)
	if !ok {
		return
	}
	list, isList := value.([]any)
	for _, item := range list {
		entry, _ := item.(map[string]any)
		name, _ := entry["name"].(string)
		secretName, _ := entry["secretName"].(string)
		key, _ := entry["secretKey"].(string)
		if name == "" || secretName == "" || key == "" {
			isList = false
			break
		}
		r.refs = append(r.refs, envRef{name, answers.SecretRef{Name: secretName, Key: key}})
	}
	if !isList {
		r.refs = nil
		r.put(path, value)
	}
}

// claim takes a variable as the Source of an answer, in order of precedence:
// from a Secret, the plain variables, or the secret ones.
func (r *reader) claim(variable string) answers.Source {
	plain, hidden := r.text("server.environment."+variable), r.text("server.secretEnvironment."+variable)
	i := slices.IndexFunc(r.refs, func(e envRef) bool { return e.name == variable })
	switch {
	case i >= 0:
		ref := r.refs[i].ref
		r.refs = slices.Delete(r.refs, i, i+1)
		return answers.Source{SecretRef: &ref}
	case plain != "":
		r.note("server.environment."+variable, "moved to a Secret: it was in plain text")
		return plainSource(plain)
	}
	return plainSource(hidden)
}

// withoutSecrets removes likely secrets from a mapping.
func (r *reader) withoutSecrets(path string, m map[string]any) map[string]any {
	kept := map[string]any{}
	for _, name := range tree.Keys(m) {
		at := path + "." + name
		below, isMap := m[name].(map[string]any)
		switch {
		case isMap:
			kept[name] = r.withoutSecrets(at, below)
		case secret.IsSensitive(strings.Split(at, "."), m[name]):
			r.note(at, "left out: it may be a secret, and no answer exists for it")
		default:
			kept[name] = m[name]
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}
