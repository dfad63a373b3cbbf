package chart

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/registry/remote"
)

// The format of a signature that cosign 3 stores by default: a Sigstore bundle with a DSSE
// envelope around an in-toto statement, in a manifest that refers to the signed one. See
// https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md.
const (
	bundleLayer     = "application/vnd.dev.sigstore.bundle."
	bundlePredicate = "https://sigstore.dev/cosign/sign/v1"
)

// bundle is the part of a Sigstore bundle that a public key verifies.
type bundle struct {
	Envelope struct {
		Payload    []byte `json:"payload"`
		Type       string `json:"payloadType"`
		Signatures []struct {
			Signature []byte `json:"sig"`
		} `json:"signatures"`
	} `json:"dsseEnvelope"`
}

// statement is what cosign signs in a bundle.
type statement struct {
	PredicateType string `json:"predicateType"`
	Subject       []struct {
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
}

// errEnough ends a list of referrers.
var errEnough = errors.New("enough signatures")

// bundleSignatures returns the signatures in the bundles that refer to a manifest.
func bundleSignatures(
	ctx context.Context,
	src Source,
	from *remote.Repository,
	manifest ocispec.Descriptor,
) ([]signature, error) {
	var referrers []ocispec.Descriptor
	err := from.Referrers(ctx, manifest, "", func(page []ocispec.Descriptor) error {
		if referrers = append(referrers, page...); len(referrers) > maxSignatures {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	var signatures []signature
	for _, r := range referrers[:min(len(referrers), maxSignatures)] {
		found, err := signaturesOf(ctx, src, from, r)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, found...)
	}
	return signatures, nil
}

// signaturesOf returns the signatures of a referrer; none if it is something else.
func signaturesOf(
	ctx context.Context,
	src Source,
	from *remote.Repository,
	referrer ocispec.Descriptor,
) ([]signature, error) {
	if referrer.MediaType != ocispec.MediaTypeImageManifest {
		return nil, nil
	}
	manifest, _, err := pullManifest(ctx, src, from, referrer.Digest.String())
	if err != nil {
		return nil, err
	}
	var signatures []signature
	for _, layer := range manifest.Layers[:min(len(manifest.Layers), maxSignatures)] {
		if !strings.HasPrefix(layer.MediaType, bundleLayer) {
			continue
		}
		data, err := pullBlob(ctx, src, from, layer, "the signature", maxSignature)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, parseBundle(data)...)
	}
	return signatures, nil
}

// parseBundle returns the signatures of a bundle; none if it is no cosign signature, such
// as an attestation.
func parseBundle(data []byte) []signature {
	var b bundle
	var s statement
	if json.Unmarshal(data, &b) != nil || json.Unmarshal(b.Envelope.Payload, &s) != nil ||
		s.PredicateType != bundlePredicate || len(s.Subject) != 1 {
		return nil
	}
	// The encoding that a DSSE signature signs:
	// https://github.com/secure-systems-lab/dsse/blob/master/protocol.md.
	content := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(b.Envelope.Type), b.Envelope.Type, len(b.Envelope.Payload))
	content = append(content, b.Envelope.Payload...)
	var signatures []signature
	for _, one := range b.Envelope.Signatures {
		signatures = append(signatures, signature{
			content: content, encoded: base64.StdEncoding.EncodeToString(one.Signature),
			digest: "sha256:" + s.Subject[0].Digest["sha256"],
		})
	}
	return signatures
}
