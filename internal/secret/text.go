// Package secret provides a type that carries secret text without revealing it.
package secret

import "fmt"

// Mask replaces a secret in output.
const Mask = "••••••"

// Text is a string that formats, prints and marshals as Mask. Only Reveal
// returns the content, so searching for Reveal finds every use.
type Text struct{ s string }

// New wraps s.
func New(s string) Text { return Text{s} }

// Reveal returns the secret.
func (t Text) Reveal() string { return t.s }

// Empty reports whether there is no secret.
func (t Text) Empty() bool { return t.s == "" }

// IsZero reports whether the secret is empty, for yaml's omitempty.
func (t Text) IsZero() bool { return t.s == "" }

// String returns Mask, or "" for an empty secret.
func (t Text) String() string {
	if t.s == "" {
		return ""
	}
	return Mask
}

// Format prints Mask for every verb, including %#v and %q.
func (t Text) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, t.String()) }

// MarshalText returns Mask, so that no encoder writes the secret.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalYAML returns Mask, so that no encoder writes the secret.
func (t Text) MarshalYAML() (any, error) { return t.String(), nil }
