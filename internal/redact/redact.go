// Package redact replaces secrets in text that other programs wrote.
package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// shortest is the length from which a secret is replaced: shorter ones ("sql",
// "root") occur in every line.
const shortest = 6

// Redactor replaces the secrets that it knows. It is safe for concurrent use;
// the zero Redactor knows none.
type Redactor struct {
	mu     sync.RWMutex
	values []string // longest first
}

// New returns a Redactor of everything in Secrets.
func New(secrets []corev1.Secret) *Redactor {
	r := &Redactor{}
	for _, s := range secrets {
		for _, value := range s.Data {
			r.Add(string(value))
		}
		for _, value := range s.StringData {
			r.Add(value)
		}
	}
	return r
}

// isSensitive reports whether a key of a Secret holds a secret, and not a
// setting ("ZENML_SECRETS_STORE_TYPE"). A URL may have a password in it.
func isSensitive(key string) bool {
	return secret.IsSensitiveName([]string{key}) || strings.HasSuffix(strings.ToUpper(key), "_URL")
}

// AddObjects adds the secrets in rendered Secrets.
func (r *Redactor) AddObjects(objects []manifest.Object) {
	for _, o := range manifest.Find(objects, "Secret", "") {
		data, _ := o.Object["data"].(map[string]any)
		for key, value := range data {
			text, _ := value.(string)
			decoded, err := base64.StdEncoding.DecodeString(text)
			if err == nil && isSensitive(key) {
				r.Add(string(decoded))
			}
		}
		plain, _ := o.Object["stringData"].(map[string]any)
		for key, value := range plain {
			if text, _ := value.(string); isSensitive(key) {
				r.Add(text)
			}
		}
	}
}

// unencodedPassword finds the password of a URL that is not percent-encoded: it
// goes from the user's name to the last @.
var unencodedPassword = regexp.MustCompile(`^[^:]+://[^:@/]*:(.*)@`)

// addUnencoded adds the password of a URL in which it is not percent-encoded.
// The server parses parts of such a password as host, database or parameter and
// names them in errors: every part is added, short ones with what follows them.
func (r *Redactor) addUnencoded(address string) {
	found := unencodedPassword.FindStringSubmatchIndex(address)
	if found == nil {
		return
	}
	password, from := address[found[2]:found[3]], found[2]
	r.keep(password)
	for _, part := range strings.FieldsFunc(password, isDelimiter) {
		r.keep(part)
	}
	for i, c := range password {
		if isDelimiter(c) {
			r.keep(address[from+i+1:])
		}
	}
}

// isDelimiter reports whether a URL is split at the character.
func isDelimiter(c rune) bool { return strings.ContainsRune("@:/?#&=", c) }

// Add adds a secret. Of a URL it adds only the password, because the rest names
// the database; of a JSON object, as secrets stores are configured, also each of
// its sensitive fields.
func (r *Redactor) Add(value string) {
	value = strings.TrimSpace(value)
	var fields map[string]any
	if json.Unmarshal([]byte(value), &fields) == nil {
		for key, field := range fields {
			if text, ok := field.(string); ok && isSensitive(key) {
				r.Add(text)
			}
		}
	}
	if u, clean := secret.CleanURL(value); clean && u.Host != "" {
		password, _ := u.User.Password()
		value = password
	} else if strings.Contains(value, "://") {
		r.addUnencoded(value)
	}
	r.keep(value)
}

// keep adds a text in the forms in which it may occur.
func (r *Redactor) keep(value string) {
	if len(value) < shortest {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, form := range []string{value, url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value))} {
		if !slices.Contains(r.values, form) {
			r.values = append(r.values, form)
		}
	}
	slices.SortFunc(r.values, func(a, b string) int { return len(b) - len(a) })
}

// Text returns s with every known secret replaced.
func (r *Redactor) Text(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, value := range r.values {
		s = strings.ReplaceAll(s, value, secret.Mask)
	}
	return s
}

// Lines returns the lines with every known secret replaced.
func (r *Redactor) Lines(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = r.Text(line)
	}
	return out
}
