package chart

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	ociregistry "github.com/google/go-containerregistry/pkg/registry"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
)

// cosignProgram names a cosign with which TestCosign_program makes testdata/cosign again:
//
//	go install github.com/sigstore/cosign/v2/cmd/cosign@v2.6.5
//	ZENML_TEST_COSIGN=$(go env GOPATH)/bin/cosign go test ./render/chart -run TestCosign_program
//
// Building cosign takes too long for every run of the tests.
const cosignProgram = "ZENML_TEST_COSIGN"

// cosignLayouts are the flags of cosign sign by layout of the signature: cosign 2 stores
// it below a tag by default, and cosign 3 in a bundle.
var cosignLayouts = map[string][]string{"tag": nil, "bundle": {"--new-bundle-format=true"}}

// signWithProgram signs a chart with cosign and stores the chart, the signature and the
// public key in a folder.
func signWithProgram(t *testing.T, program, layout, folder string) {
	t.Helper()
	ref := ociRegistry(t, nil, "0.98.0")
	plain, err := Load(t.Context(), Source{Ref: ref})
	if err != nil {
		t.Fatal(err)
	}
	keys := t.TempDir()
	for _, args := range [][]string{{"generate-key-pair"}, append([]string{"sign", "--key", "cosign.key", "--yes",
		"--tlog-upload=false", "--allow-http-registry", strings.TrimPrefix(ref, "oci://") + "@" + plain.Info.Digest},
		cosignLayouts[layout]...)} {
		command := exec.CommandContext(t.Context(), program, args...) //nolint:gosec // the tester's program
		command.Dir, command.Env = keys, append(os.Environ(), "COSIGN_PASSWORD=")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("cosign %v: %v\n%s", args, err, out)
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	store, err := oci.New(folder)
	if err != nil {
		t.Fatal(err)
	}
	copyAll(t, repositoryOf(t, ref), store)
	writeFile(t, filepath.Join(folder, "cosign.pub"), readFile(t, filepath.Join(keys, "cosign.pub")))
}

func repositoryOf(t *testing.T, ref string) *remote.Repository {
	t.Helper()
	repository, err := remote.NewRepository(strings.TrimPrefix(ref, "oci://"))
	if err != nil {
		t.Fatal(err)
	}
	repository.PlainHTTP = true
	return repository
}

// tagged is a registry or a folder.
type tagged interface {
	oras.ReadOnlyGraphTarget
	registry.TagLister
}

// copyAll copies every tag, and what refers to its content.
func copyAll(t *testing.T, from tagged, to oras.Target) {
	t.Helper()
	err := from.Tags(t.Context(), "", func(tags []string) error {
		for _, tag := range tags {
			if _, err := oras.ExtendedCopy(t.Context(), from, tag, to, tag, oras.DefaultExtendedCopyOptions); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stored serves what signWithProgram has stored.
func stored(t *testing.T, folder string, options ...ociregistry.Option) string {
	t.Helper()
	server := httptest.NewServer(ociregistry.New(append(options, ociregistry.Logger(log.New(io.Discard, "", 0)))...))
	t.Cleanup(server.Close)
	store, err := oci.NewFromFS(t.Context(), os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	ref := "oci://" + host(server) + "/stores/zenml"
	copyAll(t, store, repositoryOf(t, ref))
	return ref
}

// TestCosign_program verifies the signatures of the real cosign.
func TestCosign_program(t *testing.T) {
	for layout := range cosignLayouts {
		folder := filepath.Join("testdata", "cosign", layout)
		if program := os.Getenv(cosignProgram); program != "" {
			signWithProgram(t, program, layout, folder)
		}
		key := filepath.Join(folder, "cosign.pub")
		for name, options := range map[string][]ociregistry.Option{
			"with referrers":    {ociregistry.WithReferrersSupport(true)},
			"without referrers": nil,
		} {
			t.Run(layout+" "+name, func(t *testing.T) {
				ref := stored(t, folder, options...)
				c, err := Load(t.Context(), Source{Ref: ref, Version: "0.98.0", Verify: Verification{CosignKey: key}})
				wantSigner(t, c, err, "cosign key cosign.pub (sha256:")
				_, err = Load(t.Context(), Source{Ref: ref, Version: "0.98.0",
					Verify: Verification{CosignKey: newCosigner(t).public()}})
				wantReason(t, err, ReasonOtherKey)
			})
		}
		t.Run(layout+" of another chart", func(t *testing.T) {
			ref := stored(t, folder)
			moveSignature(t, ref)
			_, err := Load(t.Context(), Source{Ref: ref, Version: "0.98.0", Verify: Verification{CosignKey: key}})
			wantReason(t, err, ReasonSignature)
		})
	}
}

// moveSignature replaces the chart with another one, and gives it the signature of the
// first, in both layouts.
func moveSignature(t *testing.T, ref string) {
	t.Helper()
	repository := repositoryOf(t, ref)
	signed, data, err := oras.FetchBytes(t.Context(), repository, "0.98.0", oras.DefaultFetchBytesOptions)
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Replace(data, []byte(`"zenml"`), []byte(`"other"`), 1)
	moved, err := oras.PushBytes(t.Context(), repository, signed.MediaType, other)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"0.98.0": "0.98.0"}
	for _, suffix := range []string{"", ".sig"} {
		names[strings.TrimSuffix(signatureTag(signed.Digest), ".sig")+suffix] =
			strings.TrimSuffix(signatureTag(moved.Digest), ".sig") + suffix
	}
	for from, to := range names {
		found, err := repository.Resolve(t.Context(), from)
		if from == "0.98.0" {
			found = moved
		} else if errors.Is(err, errdef.ErrNotFound) {
			continue
		}
		if err := repository.Tag(t.Context(), found, to); err != nil {
			t.Fatal(err)
		}
	}
}
