package chart

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// The format of a signature that cosign 2 stores in a registry by default: a manifest below a tag
// derived from the digest, with a layer per signature. See
// https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md.
const (
	cosignLayer      = "application/vnd.dev.cosign.simplesigning.v1+json"
	cosignAnnotation = "dev.cosignproject.cosign/signature"
	cosignType       = "cosign container image signature"
	maxSignatures    = 100 // of one chart that are tried
)

// cosignPayload is what cosign signs.
type cosignPayload struct {
	Critical struct {
		Image struct {
			Digest string `json:"docker-manifest-digest"`
		} `json:"image"`
		Type string `json:"type"`
	} `json:"critical"`
}

// verifyCosign verifies the cosign signature of a manifest, if the source asks for it.
// It returns which key signed it.
func verifyCosign(
	ctx context.Context,
	src Source,
	from *remote.Repository,
	manifest ocispec.Descriptor,
) (string, error) {
	if src.Verify.CosignKey == "" {
		return "", nil
	}
	key, err := src.readCosignKey(ctx)
	if err != nil {
		return "", err
	}
	var all []signature
	for _, read := range []signatureReader{tagSignatures, bundleSignatures} {
		signatures, err := read(ctx, src, from, manifest)
		if err != nil {
			return "", err
		}
		all = append(all, signatures...)
		if _, valid := signedBy(key, signatures, manifest.Digest); valid {
			return describeCosignKey(src.Verify.CosignKey, key), nil
		}
	}
	if len(all) == 0 {
		return "", src.unsigned("the registry has no signature of cosign: neither the tag %s nor a bundle that refers "+
			"to the chart", signatureTag(manifest.Digest))
	}
	if others, _ := signedBy(key, all, manifest.Digest); len(others) > 0 {
		return "", src.signatureFault(ReasonSignature,
			fmt.Errorf("the signature is for %s, and the chart is %s", strings.Join(others, ", "), manifest.Digest))
	}
	return "", src.signatureFault(ReasonOtherKey, fmt.Errorf("no signature was made with the key in %s",
		src.Verify.CosignKey))
}

// signedBy reports whether a key has signed a manifest, and which others it has signed.
func signedBy(key crypto.PublicKey, signatures []signature, manifest digest.Digest) (others []string, valid bool) {
	for _, s := range signatures {
		switch {
		case !verifySignature(key, s.content, s.encoded):
		case s.digest == manifest.String():
			return nil, true
		default:
			others = append(others, s.digest)
		}
	}
	return others, false
}

// signatureReader reads the signatures of a manifest in one of cosign's layouts.
type signatureReader func(context.Context, Source, *remote.Repository, ocispec.Descriptor) ([]signature, error)

// signature is one of cosign's signatures.
type signature struct {
	content []byte // what is signed
	encoded string // the signature in base64
	digest  string // of the manifest that it is for
}

// signatureTag is the tag of the signatures of a manifest.
func signatureTag(manifest digest.Digest) string {
	return manifest.Algorithm().String() + "-" + manifest.Encoded() + ".sig"
}

// tagSignatures returns the signatures below the tag of a manifest, which cosign 2 makes
// by default.
func tagSignatures(
	ctx context.Context,
	src Source,
	from *remote.Repository,
	manifest ocispec.Descriptor,
) ([]signature, error) {
	found, _, err := pullManifest(ctx, src, from, signatureTag(manifest.Digest))
	if errors.Is(err, errdef.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var signatures []signature
	for _, layer := range found.Layers[:min(len(found.Layers), maxSignatures)] {
		if layer.MediaType != cosignLayer || layer.Annotations[cosignAnnotation] == "" {
			continue
		}
		payload, err := pullBlob(ctx, src, from, layer, "the signature", maxSignature)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature{payload, layer.Annotations[cosignAnnotation], payloadDigest(payload)})
	}
	return signatures, nil
}

// readCosignKey reads a public key in PEM, as of cosign generate-key-pair.
func (s Source) readCosignKey(ctx context.Context) (crypto.PublicKey, error) {
	const remedy = "set --verify-key to a public key in PEM, such as cosign.pub of cosign generate-key-pair"
	data, err := bounded.ReadFile(ctx, s.Verify.CosignKey, maxKeys)
	if err != nil {
		return nil, s.keyFault(s.Verify.CosignKey, err, remedy)
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, s.keyFault(s.Verify.CosignKey, errors.New("it contains no public key in PEM"), remedy)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, s.keyFault(s.Verify.CosignKey, err, remedy)
	}
	return key, nil
}

// verifySignature reports whether a key made a signature, in base64.
func verifySignature(key crypto.PublicKey, payload []byte, encoded string) bool {
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(payload)
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, sum[:], signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(key, payload, signature)
	}
	return false
}

// payloadDigest is the digest of the manifest that a payload was signed for.
func payloadDigest(payload []byte) string {
	var content cosignPayload
	if err := json.Unmarshal(payload, &content); err != nil || content.Critical.Type != cosignType {
		return "something else"
	}
	return content.Critical.Image.Digest
}

// describeCosignKey names a key by its file and the digest of its content.
func describeCosignKey(path string, key crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "cosign key " + filepath.Base(path)
	}
	sum := sha256.Sum256(der)
	return "cosign key " + filepath.Base(path) + " (sha256:" + hex.EncodeToString(sum[:]) + ")"
}
