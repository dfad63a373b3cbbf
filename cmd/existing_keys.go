package cmd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/render/format"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// secretsFile is the manifest file that contains the Secrets.
const secretsFile = "secrets.yaml"

// readExistingKeys reads the keys in the output that will be replaced, because
// a generated key must never change.
func (o *generateOptions) readExistingKeys(ctx context.Context, a answers.Answers) ([]corev1.Secret, error) {
	switch {
	case o.output == "-":
		return nil, nil
	case o.format == string(format.Values):
		path := cmp.Or(o.output, defaultValuesFile)
		replaced := map[string]any{}
		err := parseFile(ctx, path, func(data []byte) error { return yaml.Unmarshal(data, &replaced) })
		return values.InlineKeys(a, replaced), err
	case o.format == string(format.Manifests):
		var objects []manifest.Object
		path := filepath.Join(o.output, secretsFile)
		err := parseFile(ctx, path, func(data []byte) (err error) { objects, err = manifest.Parse(data); return err })
		if err != nil {
			return nil, err
		}
		return secretsOf(objects)
	}
	return nil, nil
}

// maxOutput is the largest file that is read before it is replaced. Larger ones were
// not written by this program.
const maxOutput = 2 * answers.MaxFile

// parseFile reads a regular file, if it exists. A file that cannot be parsed is
// not replaced, because it may contain a key.
func parseFile(ctx context.Context, path string, parse func([]byte) error) error {
	if !isRegular(path) {
		return nil // nothing to lose
	}
	if _, regular, err := resolveOutput(path); err != nil || !regular {
		return err
	}
	data, err := bounded.ReadFile(ctx, path, maxOutput)
	var size *bounded.SizeError
	if errors.As(err, &size) {
		return usagef("%s is %w and may contain a key that must not be lost: move it away, or specify another file "+
			"with --output", path, err)
	}
	if err != nil {
		return err
	}
	if parse(data) != nil {
		return usagef("%s is not valid YAML and may contain a key that must not be lost: move it away, or specify "+
			"another file with --output", path)
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
			return nil, usagef("Secret %s in %s is invalid and may contain a key that must not be lost: move it "+
				"away, or specify another folder with --output", o.GetName(), secretsFile)
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

// checkKeysKept fails if overwriting the output would lose an encryption key:
// that of another release, or one that the chart no longer accepts inline.
func checkKeysKept(earlier []corev1.Secret, files []format.File) error {
	for _, s := range earlier {
		key := s.Data[manifest.EncryptionKey]
		if len(key) > 0 && !slices.ContainsFunc(files, func(f format.File) bool { return containsKey(f, key) }) {
			return usagef("the existing output contains the encryption key of Secret %s, and the new output does "+
				"not: without it the stored secrets cannot be decrypted. "+
				"Move it away, or specify another with --output. To keep using the key, set "+
				"secretsStore.sql.encryptionKey to {file: PATH} or {secretRef: {name: N, key: K}}", s.Name)
		}
	}
	return nil
}

// containsKey reports whether a file contains a key, plain or base64-encoded.
func containsKey(f format.File, key []byte) bool {
	return bytes.Contains(f.Bytes, key) || bytes.Contains(f.Bytes, []byte(base64.StdEncoding.EncodeToString(key)))
}

// printNewKeys asks the user to back up the keys that were generated into a
// written or printed file.
func (o *generateOptions) printNewKeys(u *setup, p *prepared, written []format.File) {
	for _, key := range slices.Sorted(maps.Keys(p.settings.Keys)) {
		made := []byte(p.settings.Keys[key].Reveal())
		known := slices.ContainsFunc(u.existingKeys, func(s corev1.Secret) bool {
			return slices.ContainsFunc(
				slices.Collect(maps.Values(s.Data)),
				func(have []byte) bool { return bytes.Equal(have, made) },
			)
		})
		if known || !slices.ContainsFunc(written, func(f format.File) bool { return containsKey(f, made) }) {
			continue
		}
		fmt.Fprintf(o.streams.Err, "Generated a new key (%s), which is only in this output. Keep a copy: what it "+
			"encrypts cannot be decrypted without it. Writing to another file generates another key.\n", key)
	}
}
