package install

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

// shortest is the length from which a secret value is masked in text: shorter
// ones ("sql", "root") would make holes in every line.
const shortest = 6

// mask replaces secret values in what containers write.
type mask struct {
	mu     sync.RWMutex
	values []string // longest first
}

func newMask(secrets []corev1.Secret) *mask {
	m := &mask{}
	for _, s := range secrets {
		for _, value := range s.Data {
			m.add(string(value))
		}
		for _, value := range s.StringData {
			m.add(value)
		}
	}
	return m
}

// secretKey tells the keys of the chart's own Secrets whose values are secret
// from those that are settings ("ZENML_SECRETS_STORE_TYPE").
var secretKey = regexp.MustCompile(`(?i)password|secret_key|encryption_key|token|credential|auth_config|access_key|secret_id|client_secret|private|account_json|_URL$`)

// addRendered adds what the chart puts into Secrets.
func (m *mask) addRendered(objects []manifest.Object) {
	for _, o := range manifest.Find(objects, "Secret", "") {
		data, _ := o.Object["data"].(map[string]any)
		for key, value := range data {
			text, _ := value.(string)
			decoded, err := base64.StdEncoding.DecodeString(text)
			if err == nil && secretKey.MatchString(key) {
				m.add(string(decoded))
			}
		}
		plain, _ := o.Object["stringData"].(map[string]any)
		for key, value := range plain {
			if text, _ := value.(string); secretKey.MatchString(key) {
				m.add(text)
			}
		}
	}
}

// spilling finds the password of a URL that is not clean: it goes from the
// user's name to the last @.
var spilling = regexp.MustCompile(`^[^:]+://[^:@/]*:(.*)@`)

// addSpilled masks the password of a URL in which it is not percent-encoded.
// The server takes such a URL for another one, and names parts of the password
// as host, database or parameter: every part is masked, and the shorter ones
// with what follows them.
func (m *mask) addSpilled(address string) {
	found := spilling.FindStringSubmatchIndex(address)
	if found == nil {
		return
	}
	password, from := address[found[2]:found[3]], found[2]
	m.keep(password)
	for _, part := range strings.FieldsFunc(password, parting) {
		m.keep(part)
	}
	for i, c := range password {
		if parting(c) {
			m.keep(address[from+i+1:])
		}
	}
}

// parting tells the characters at which a URL is taken apart.
func parting(c rune) bool { return strings.ContainsRune("@:/?#&=", c) }

// add masks value; of a URL only its password, since the rest says where the
// database is; of a JSON object, as secrets stores are given, also each of its
// texts.
func (m *mask) add(value string) {
	value = strings.TrimSpace(value)
	var fields map[string]any
	if json.Unmarshal([]byte(value), &fields) == nil {
		for key, field := range fields {
			if text, ok := field.(string); ok && secretKey.MatchString(key) {
				m.add(text)
			}
		}
	}
	if u, clean := secret.CleanURL(value); clean && u.Host != "" {
		password, _ := u.User.Password()
		value = password
	} else if strings.Contains(value, "://") {
		m.addSpilled(value)
	}
	m.keep(value)
}

// keep masks a text in the forms in which it may show.
func (m *mask) keep(value string) {
	if len(value) < shortest {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, form := range []string{value, url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value))} {
		if !slices.Contains(m.values, form) {
			m.values = append(m.values, form)
		}
	}
	slices.SortFunc(m.values, func(a, b string) int { return len(b) - len(a) })
}

// text returns s with every known secret replaced.
func (m *mask) text(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, value := range m.values {
		s = strings.ReplaceAll(s, value, secret.Mask)
	}
	return s
}

func (m *mask) lines(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = m.text(line)
	}
	return out
}
