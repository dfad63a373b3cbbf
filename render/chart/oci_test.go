package chart

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	helmchart "helm.sh/helm/v3/pkg/chart"
)

// lying is a registry that changes the last byte of what a path contains.
func lying(path string) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			inner.ServeHTTP(answer, r)
			body := answer.Body.Bytes()
			if r.Method == http.MethodGet && strings.Contains(r.URL.Path, path) && len(body) > 0 {
				body = bytes.Clone(body)
				body[len(body)-1] ^= 1
			}
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.Header().Set("Content-Length", strconv.Itoa(max(len(body), contentLength(answer.Header()))))
			w.WriteHeader(answer.Code)
			_, _ = io.Copy(w, bytes.NewReader(body))
		})
	}
}

// contentLength is the length that the answer to a HEAD request declares.
func contentLength(h http.Header) int {
	n, _ := strconv.Atoi(h.Get("Content-Length"))
	return n
}

func TestLyingRegistry(t *testing.T) {
	for path, version := range map[string]string{"/blobs/": "0.98.0", "/manifests/": "0.98.0"} {
		t.Run(path, func(t *testing.T) {
			_, err := Load(t.Context(), Source{Ref: ociRegistry(t, lying(path), version), Version: version})
			wantReason(t, err, ReasonCorrupt)
		})
	}
}

// TestPinnedDigest pulls by digest, and keeps the digest with the release's chart.
func TestPinnedDigest(t *testing.T) {
	ref := ociRegistry(t, nil, "0.98.0")
	tagged, err := Load(t.Context(), Source{Ref: ref, Version: "0.98.0"})
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := Load(t.Context(), Source{Ref: ref + "@" + tagged.Info.Digest})
	if err != nil || pinned.Info.Digest != tagged.Info.Digest {
		t.Fatalf("%v, %v", pinned, err)
	}
	err = pinned.WithHelm(func(c *helmchart.Chart) error {
		if got := c.Metadata.Annotations[DigestAnnotation]; got != tagged.Info.Digest {
			t.Errorf("annotation %q", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestLocalDigest removes what a local chart claims about its digest.
func TestLocalDigest(t *testing.T) {
	claims := smallChart("zenml", "0.98.0")
	claims.Metadata.Annotations = map[string]string{DigestAnnotation: "sha256:0"}
	c, err := Load(t.Context(), Source{Ref: saved(t, claims)})
	if err != nil {
		t.Fatal(err)
	}
	_ = c.WithHelm(func(c *helmchart.Chart) error {
		if got, ok := c.Metadata.Annotations[DigestAnnotation]; ok {
			t.Errorf("annotation %q", got)
		}
		return nil
	})
}
