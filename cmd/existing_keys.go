package cmd

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/render/format"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// secretsFile is the file of the manifests that holds their Secrets.
const secretsFile = "secrets.yaml"

// earlier reads the keys that are in what will be replaced: a key that was
// generated must never be made anew.
func (o *generateOptions) readExistingKeys(a answers.Answers) ([]corev1.Secret, error) {
	switch {
	case o.output == "-":
		return nil, nil
	case o.format == string(format.Values):
		path := cmp.Or(o.output, defaultValuesFile)
		replaced := map[string]any{}
		err := parseFile(path, func(data []byte) error { return yaml.Unmarshal(data, &replaced) })
		return values.InlineKeys(a, replaced), err
	case o.format == string(format.Manifests):
		var objects []manifest.Object
		path := filepath.Join(o.output, secretsFile)
		err := parseFile(path, func(data []byte) (err error) { objects, err = manifest.Parse(data); return err })
		if err != nil {
			return nil, err
		}
		return secretsOf(objects)
	}
	return nil, nil
}

// parseFile reads a regular file, if there is one. A file that cannot be
// understood is not replaced: it may hold a key.
func parseFile(path string, parse func([]byte) error) error {
	if !isRegular(path) {
		return nil // nothing is there to be lost
	}
	if _, regular, err := resolveOutput(path); err != nil || !regular {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if parse(data) != nil {
		return usagef("%s cannot be read as YAML, and may hold a key that must not be lost: move it away, or name another with --output", path)
	}
	return nil
}

func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func secretsOf(objects []manifest.Object) ([]corev1.Secret, error) {
	var found []corev1.Secret
	for _, o := range manifest.Find(objects, "Secret", "") {
		var s corev1.Secret
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &s); err != nil {
			return nil, usagef("a Secret (%s) of %s cannot be read, and may hold a key that must not be lost: move it away, or name another with --output", o.GetName(), secretsFile)
		}
		if s.Data == nil {
			s.Data = map[string][]byte{}
		}
		for key, text := range s.StringData {
			s.Data[key] = []byte(text)
		}
		found = append(found, s)
	}
	return found, nil
}

// keepsKeys fails when what is replaced holds an encryption key that would be
// nowhere afterwards: it is of another release, or the chart no longer takes it
// in its values.
func checkKeysKept(earlier []corev1.Secret, files []format.File) error {
	for _, s := range earlier {
		key := s.Data[manifest.EncryptionKey]
		if len(key) > 0 && !slices.ContainsFunc(files, func(f format.File) bool { return containsKey(f, key) }) {
			return usagef("what is to be replaced holds an encryption key (that of Secret %s), and the new output would not: without it what is stored cannot be read again. "+
				"Move it away, or name another with --output; to go on with that key, name it as {file: PATH} or {secretRef: {name: N, key: K}} in sql.encryptionKey", s.Name)
		}
	}
	return nil
}

// holds tells whether a file holds a key, as it is or as a Secret writes it.
func containsKey(f format.File, key []byte) bool {
	return bytes.Contains(f.Bytes, key) || bytes.Contains(f.Bytes, []byte(base64.StdEncoding.EncodeToString(key)))
}

// orderToKeep names the keys that were made anew and are in a file that was
// written or printed, and those that a printed command makes.
func (o *generateOptions) printNewKeys(u *setup, p *prepared, written []format.File) {
	for _, key := range slices.Sorted(maps.Keys(p.settings.Keys)) {
		made := []byte(p.settings.Keys[key].Reveal())
		known := slices.ContainsFunc(u.existingKeys, func(s corev1.Secret) bool {
			return slices.ContainsFunc(slices.Collect(maps.Values(s.Data)), func(have []byte) bool { return bytes.Equal(have, made) })
		})
		if known || !slices.ContainsFunc(written, func(f format.File) bool { return containsKey(f, made) }) {
			continue
		}
		fmt.Fprintf(o.streams.Err, "A new key was made (%s) and is in this output only: keep a copy. What it encrypts cannot be read without it, and a run into another file makes another key.\n", key)
	}
}
