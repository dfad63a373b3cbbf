package chart

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/provenance"
	"helm.sh/helm/v3/pkg/registry"
	"helm.sh/helm/v3/pkg/repo"
)

// newSigner makes an OpenPGP key.
func newSigner(t *testing.T, owner string) *openpgp.Entity {
	t.Helper()
	key, err := openpgp.NewEntity(owner, "", "signer@example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// keyring writes the public keys of signers to a file.
func keyring(t *testing.T, signers ...*openpgp.Entity) string {
	t.Helper()
	var keys bytes.Buffer
	for _, s := range signers {
		if err := s.Serialize(&keys); err != nil {
			t.Fatal(err)
		}
	}
	return newFile(t, "keys.gpg", keys.Bytes())
}

func armoredKeyring(t *testing.T, signer *openpgp.Entity) string {
	t.Helper()
	var keys bytes.Buffer
	w, err := armor.Encode(&keys, openpgp.PublicKeyType, nil)
	if err == nil {
		err = signer.Serialize(w)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return newFile(t, "keys.asc", keys.Bytes())
}

func newFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	writeFile(t, path, content)
	return path
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// signed saves a chart with a provenance file by the signer, as helm package --sign does.
func signed(t *testing.T, signer *openpgp.Entity, version string) string {
	t.Helper()
	path := saved(t, smallChart("zenml", version))
	signature, err := (&provenance.Signatory{Entity: signer}).ClearSign(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path+".prov", []byte(signature))
	return path
}

// signedRepository serves a chart with its provenance file, and the index.
func signedRepository(t *testing.T, archive string) string {
	t.Helper()
	dir := filepath.Dir(archive)
	index, err := repo.IndexDirectory(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := index.WriteFile(filepath.Join(dir, "index.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	return server.URL
}

// pushed pushes an archive to a registry, with its provenance file if there is one.
func pushed(t *testing.T, archive string) string {
	t.Helper()
	ref := ociRegistry(t, nil)
	client, err := registry.NewClient(registry.ClientOptPlainHTTP())
	if err != nil {
		t.Fatal(err)
	}
	var options []registry.PushOption
	if signature, err := os.ReadFile(archive + ".prov"); err == nil {
		options = append(options, registry.PushOptProvData(signature))
	}
	if _, err := client.Push(readFile(t, archive), strings.TrimPrefix(ref, "oci://")+":0.98.0", options...); err != nil {
		t.Fatal(err)
	}
	return ref
}

// TestProvenance verifies provenance files of local archives, of repositories and of
// registries.
func TestProvenance(t *testing.T) {
	signer, other := newSigner(t, "Chart Team"), newSigner(t, "Someone Else")
	good, altered, unsigned := signed(t, signer, "0.98.0"), signed(t, signer, "0.98.0"), saved(t,
		smallChart("zenml", "0.98.0"))
	change := smallChart("zenml", "0.98.0")
	change.Metadata.Description = "changed after it was signed"
	writeFile(t, altered, readFile(t, saved(t, change)))
	forged := signed(t, signer, "0.98.0")
	writeFile(t, forged+".prov", bytes.Replace(readFile(t, forged+".prov"), []byte("sha256:"), []byte("sha256:0"), 1))
	keys := keyring(t, other, signer)
	for _, test := range []struct {
		name, archive, keyring string
		want                   Reason // "" if the signature is valid
	}{
		{"valid", good, keys, ""},
		{"armored keyring", good, armoredKeyring(t, signer), ""},
		{"no provenance file", unsigned, keys, ReasonUnsigned},
		{"altered chart", altered, keys, ReasonSignature},
		{"altered provenance file", forged, keys, ReasonSignature},
		{"another key", good, keyring(t, other), ReasonOtherKey},
		{"no keyring", good, filepath.Join(t.TempDir(), "keys.gpg"), ReasonKeys},
		{"empty keyring", good, newFile(t, "keys.gpg", nil), ReasonKeys},
		{"no keys in the keyring", good, newFile(t, "keys.gpg", []byte("no keys")), ReasonKeys},
	} {
		for at, ref := range map[string]string{
			"file": test.archive, "repository": signedRepository(t, test.archive), "registry": pushed(t, test.archive),
			"URL": signedRepository(t, test.archive) + "/" + filepath.Base(test.archive),
		} {
			t.Run(test.name+"/"+at, func(t *testing.T) {
				c, err := Load(t.Context(), Source{Ref: ref, Verify: Verification{Keyring: test.keyring}})
				if test.want != "" {
					wantReason(t, err, test.want)
					t.Log(err)
					return
				}
				wantSigner(t, c, err, "of Chart Team <signer@example.com>")
			})
		}
	}
}

// wantSigner fails unless the chart was verified, and the release's chart says so.
func wantSigner(t *testing.T, c *Chart, err error, text string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Info.Signer, text) {
		t.Errorf("signer %q, want %q", c.Info.Signer, text)
	}
	_ = c.WithHelm(func(helm *helmchart.Chart) error {
		if got := helm.Metadata.Annotations[SignerAnnotation]; got != c.Info.Signer {
			t.Errorf("annotation %q", got)
		}
		return nil
	})
}

// TestVerifyFolder refuses what has no signature.
func TestVerifyFolder(t *testing.T) {
	_, err := Load(t.Context(), Source{Ref: t.TempDir(), Verify: Verification{Keyring: keyring(t)}})
	wantReason(t, err, ReasonUnsigned)
}

// TestUnverified removes what a chart claims about its signature.
func TestUnverified(t *testing.T) {
	claims := smallChart("zenml", "0.98.0")
	claims.Metadata.Annotations = map[string]string{SignerAnnotation: "somebody"}
	c, err := Load(t.Context(), Source{Ref: saved(t, claims)})
	wantSigner(t, c, err, "")
	if c.Info.Signer != "" {
		t.Errorf("signer %q", c.Info.Signer)
	}
}
