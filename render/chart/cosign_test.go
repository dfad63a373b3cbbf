package chart

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// cosigner signs as cosign does, with a key of its own.
type cosigner struct {
	t   *testing.T
	key crypto.Signer
}

func newCosigner(t *testing.T) cosigner {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return cosigner{t, key}
}

// public writes the public key to a file.
func (c cosigner) public() string {
	c.t.Helper()
	der, err := x509.MarshalPKIXPublicKey(c.key.Public())
	if err != nil {
		c.t.Fatal(err)
	}
	return newFile(c.t, "cosign.pub", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// sign returns a signature in base64.
func (c cosigner) sign(payload string) string {
	c.t.Helper()
	sum := sha256.Sum256([]byte(payload))
	content, hash := sum[:], crypto.SHA256
	if _, ok := c.key.(ed25519.PrivateKey); ok {
		content, hash = []byte(payload), crypto.Hash(0)
	}
	signature, err := c.key.Sign(rand.Reader, content, hash)
	if err != nil {
		c.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(signature)
}

// payload is what cosign signs for a digest.
func payload(manifest string) string {
	return fmt.Sprintf(`{"critical":{"identity":{"docker-reference":"registry.example.com/zenml"},"image":`+
		`{"docker-manifest-digest":%q},"type":"cosign container image signature"},"optional":null}`, manifest)
}

// attach stores signatures of payloads below the tag of a digest.
func attach(t *testing.T, ref, manifest string, signatures map[string]string) {
	t.Helper()
	base := "http://" + strings.Replace(strings.TrimPrefix(ref, "oci://"), "/", "/v2/", 1)
	blob := func(content string) ocispec.Descriptor {
		sum := digest.FromString(content)
		put(t, base+"/blobs/uploads/?digest="+sum.String(), http.MethodPost, content)
		return ocispec.Descriptor{Digest: sum, Size: int64(len(content))}
	}
	index := ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest, Config: blob("{}")}
	index.SchemaVersion, index.Config.MediaType = 2, ocispec.MediaTypeImageConfig
	for content, signature := range signatures {
		layer := blob(content)
		layer.MediaType, layer.Annotations = cosignLayer, map[string]string{cosignAnnotation: signature}
		index.Layers = append(index.Layers, layer)
	}
	data, err := json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	put(t, base+"/manifests/"+strings.Replace(manifest, ":", "-", 1)+".sig", http.MethodPut, string(data))
}

// TestCosign verifies signatures in a registry.
func TestCosign(t *testing.T) {
	mine, other := newCosigner(t), newCosigner(t)
	foreign := payload("sha256:" + strings.Repeat("0", 64))
	for _, test := range []struct {
		name string
		key  string
		sign func(own string) map[string]string // signatures by payload, for the payload of the chart
		want Reason
	}{
		{"valid", mine.public(), func(own string) map[string]string { return map[string]string{own: mine.sign(own)} }, ""},
		{"valid among others", mine.public(), func(own string) map[string]string {
			return map[string]string{foreign: other.sign(foreign), own: mine.sign(own)}
		}, ""},
		{"no signature", mine.public(), nil, ReasonUnsigned},
		{"empty signature", mine.public(), func(string) map[string]string { return map[string]string{} }, ReasonUnsigned},
		{"signature of another chart", mine.public(),
			func(string) map[string]string { return map[string]string{foreign: mine.sign(foreign)} }, ReasonSignature},
		{"signature of another payload", mine.public(),
			func(own string) map[string]string { return map[string]string{own: mine.sign(foreign)} }, ReasonOtherKey},
		{"another key", mine.public(),
			func(own string) map[string]string { return map[string]string{own: other.sign(own)} }, ReasonOtherKey},
		{"no base64", mine.public(), func(own string) map[string]string { return map[string]string{own: "%"} },
			ReasonOtherKey},
		{"no such key", filepath.Join(t.TempDir(), "cosign.pub"), nil, ReasonKeys},
		{"no key in the file", newFile(t, "cosign.pub", []byte("no key")), nil, ReasonKeys},
	} {
		t.Run(test.name, func(t *testing.T) {
			ref := ociRegistry(t, nil, "0.98.0")
			plain, err := Load(t.Context(), Source{Ref: ref})
			if err != nil {
				t.Fatal(err)
			}
			if test.sign != nil {
				attach(t, ref, plain.Info.Digest, test.sign(payload(plain.Info.Digest)))
			}
			c, err := Load(t.Context(), Source{Ref: ref, Verify: Verification{CosignKey: test.key}})
			if test.want != "" {
				wantReason(t, err, test.want)
				t.Log(err)
				return
			}
			wantSigner(t, c, err, "cosign key cosign.pub (sha256:")
		})
	}
}

// TestCosign_otherKeyTypes verifies signatures of keys that cosign takes from a KMS.
func TestCosign_otherKeyTypes(t *testing.T) {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rivest, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{edwards, rivest} {
		signer := cosigner{t, key}
		if !verifySignature(key.Public(), []byte("text"), signer.sign("text")) {
			t.Errorf("%T: the signature is refused", key)
		}
		if verifySignature(key.Public(), []byte("other"), signer.sign("text")) {
			t.Errorf("%T: the signature of another text is accepted", key)
		}
	}
}

// TestCosign_elsewhere refuses a cosign key for a chart that has no such signature.
func TestCosign_elsewhere(t *testing.T) {
	_, err := Load(t.Context(), Source{Ref: saved(t, smallChart("zenml", "0.98.0")),
		Verify: Verification{CosignKey: newCosigner(t).public()}})
	wantReason(t, err, ReasonUnsigned)
}
