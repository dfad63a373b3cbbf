// Package redact masks secrets in the output of other programs.
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

// minLength is the minimum length of a secret that is masked: shorter values
// ("sql", "root") occur in ordinary text.
const minLength = 6

// Redactor masks the secrets that were added to it. It is safe for concurrent
// use. The zero Redactor masks nothing.
type Redactor struct {
	mu     sync.RWMutex
	values []string // longest first
}

// New returns a Redactor for all secret values in Secrets.
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

// IsSensitiveKey reports whether a key of a Secret contains a secret rather than a
// setting ("ZENML_SECRETS_STORE_TYPE"). A URL may contain a password.
func IsSensitiveKey(key string) bool {
	return secret.IsSensitiveName([]string{key}) || strings.HasSuffix(strings.ToUpper(key), "_URL")
}

// AddObjects adds the secrets of rendered Secrets.
func (r *Redactor) AddObjects(objects []manifest.Object) {
	for _, o := range manifest.Find(objects, "Secret", "") {
		data, _ := o.Object["data"].(map[string]any)
		for key, value := range data {
			text, _ := value.(string)
			decoded, err := base64.StdEncoding.DecodeString(text)
			if err == nil && IsSensitiveKey(key) {
				r.Add(string(decoded))
			}
		}
		plain, _ := o.Object["stringData"].(map[string]any)
		for key, value := range plain {
			if text, _ := value.(string); IsSensitiveKey(key) {
				r.Add(text)
			}
		}
	}
}

// unencodedPassword matches the password of a URL that is not percent-encoded:
// everything between the user's name and the last @.
var unencodedPassword = regexp.MustCompile(`^[^:]+://[^:@/]*:(.*)@`)

// addUnencoded adds the password of a URL that is not percent-encoded. The
// server parses parts of it as host, database or parameters and repeats them in
// errors, so it adds every part; short parts are combined with what follows
// them.
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

// isDelimiter reports whether a URL parser splits at c.
func isDelimiter(c rune) bool { return strings.ContainsRune("@:/?#&=", c) }

// Add adds a secret. Of a URL it adds only the password, because the rest
// identifies the database. Of a JSON object, such as a secrets store's
// configuration, it also adds each sensitive field.
func (r *Redactor) Add(value string) {
	value = strings.TrimSpace(value)
	var fields map[string]any
	if json.Unmarshal([]byte(value), &fields) == nil {
		for key, field := range fields {
			if text, ok := field.(string); ok && IsSensitiveKey(key) {
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
	r.addLines(value)
}

// minLine is the minimum length of a line of a secret that is masked on its own.
const minLine = 16

// addLines adds the lines of a secret that has several, such as a private key:
// manifests and JSON separate them in other ways.
func (r *Redactor) addLines(value string) {
	lines := strings.Split(value, "\n")
	if len(lines) == 1 {
		return
	}
	for _, line := range lines {
		if line = strings.TrimSpace(line); len(line) >= minLine {
			r.keep(line)
		}
	}
}

// keep adds a text in all encodings in which it may occur.
func (r *Redactor) keep(value string) {
	if len(value) < minLength {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, form := range []string{value, url.QueryEscape(value), url.PathEscape(value), quoted(value),
		base64.StdEncoding.EncodeToString([]byte(value))} {
		if !slices.Contains(r.values, form) {
			r.values = append(r.values, form)
		}
	}
	slices.SortFunc(r.values, func(a, b string) int { return len(b) - len(a) })
}

// quoted returns a text as it is in the middle of a JSON string.
func quoted(value string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return value
	}
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// Text returns s with every known secret masked.
func (r *Redactor) Text(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, value := range r.values {
		s = strings.ReplaceAll(s, value, secret.Mask)
	}
	return s
}

// Lines returns the lines with every known secret masked.
func (r *Redactor) Lines(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = r.Text(line)
	}
	return out
}
