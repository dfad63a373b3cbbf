package evidence

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// hasher hashes secrets with a key that is not kept: equal secrets of the same
// evidence have equal hashes, but nobody can try out what a secret is.
type hasher struct{ key []byte }

func newHasher() hasher {
	h := hasher{key: make([]byte, sha256.Size)}
	_, _ = rand.Read(h.key) // never fails: crypto/rand crashes the program instead
	return h
}

// all returns the hash of every value of a Secret.
func (h hasher) all(data map[string]any, encoded bool) map[string]any {
	hashes := map[string]any{}
	for name, value := range data {
		text := fmt.Sprint(value)
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil && encoded {
			text = string(decoded)
		}
		hashes[name] = h.text(text)
	}
	return hashes
}

// text returns a hash and the length of a secret.
func (h hasher) text(s string) string {
	mac := hmac.New(sha256.New, h.key)
	mac.Write([]byte(s))
	return fmt.Sprintf("hash %x, %d bytes", mac.Sum(nil)[:6], len(s))
}
