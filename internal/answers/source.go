package answers

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// IsZero reports whether there is no answer.
func (s Source) IsZero() bool {
	return s.Env == "" && s.File == "" && s.SecretRef == nil && !s.Generate && s.Value.Empty()
}

// Describe describes the source, never the content.
func (s Source) Describe() string {
	switch {
	case s.SecretRef != nil:
		return fmt.Sprintf("Secret %s, key %s", s.SecretRef.Name, s.SecretRef.Key)
	case s.Env != "":
		return "environment variable " + s.Env
	case s.File != "":
		return "file " + s.File
	case s.Generate:
		return "generated"
	case !s.Value.Empty():
		return "value in the answers"
	}
	return "not set"
}

// Local provides the environment and files that Sources are read from, so that
// libraries never access them directly.
type Local struct {
	Getenv   func(name string) (string, bool)
	ReadFile func(path string) ([]byte, error)
	Dir      string // base of relative paths: the folder of the answers file
}

// Read returns the content of a Source on the user's machine: env, file or
// value. It fails for secretRef and generate. A trailing line break of a file
// is not part of the secret.
func (s Source) Read(local Local) (secret.Text, error) {
	switch {
	case s.Env != "" && local.Getenv == nil, s.File != "" && local.ReadFile == nil:
		return secret.Text{}, fmt.Errorf("%s cannot be read here", s.Describe())
	case s.Env != "":
		v, ok := local.Getenv(s.Env)
		if !ok || v == "" {
			return secret.Text{},
				fmt.Errorf("environment variable %s is not set: export it, or use another source", s.Env)
		}
		return secret.New(v), nil
	case s.File != "":
		data, err := local.ReadFile(s.Path(local.Dir))
		if err != nil {
			return secret.Text{}, err
		}
		return secret.New(strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")), nil
	case !s.Value.Empty():
		return s.Value, nil
	}
	return secret.Text{}, fmt.Errorf("%s has no content on this machine", s.Describe())
}

// PlainSecrets returns the keys of secrets that the answers contain in plain
// text.
func (a Answers) PlainSecrets() []string {
	var keys []string
	for _, f := range Fields {
		if f.Kind == Secret && !a.GetSource(f.Key).Value.Empty() {
			keys = append(keys, f.Key)
		}
	}
	for _, name := range sortedKeys(a.Server.SecretEnvironment) {
		if !a.Server.SecretEnvironment[name].Value.Empty() {
			keys = append(keys, "server.secretEnvironment."+name)
		}
	}
	return keys
}

// keyBytes is the length of an encryption key.
const keyBytes = 32

// Path returns the path of the file; a relative one starts at dir.
func (s Source) Path(dir string) string {
	if filepath.IsAbs(s.File) {
		return s.File
	}
	return filepath.Join(dir, s.File)
}

// GenerateKey returns 32 random bytes as 64 hexadecimal digits, the format of
// the server's encryption key.
func GenerateKey() secret.Text {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand crashes the program instead
	return secret.New(hex.EncodeToString(key))
}

// ParseSource parses the short form of a Source: env:NAME, file:PATH or
// secret:NAME/KEY. ok is false for anything else, which may be the content
// itself.
func ParseSource(text string) (source Source, ok bool) {
	kind, rest, found := strings.Cut(text, ":")
	if !found || rest == "" {
		return Source{}, false
	}
	switch kind {
	case "env":
		return Source{Env: rest}, true
	case "file":
		return Source{File: rest}, true
	case "secret":
		name, key, found := strings.Cut(rest, "/")
		return Source{SecretRef: &SecretRef{Name: name, Key: key}}, found && name != "" && key != ""
	}
	return Source{}, false
}
