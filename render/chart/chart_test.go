package chart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	ociregistry "github.com/google/go-containerregistry/pkg/registry"
	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/registry"
	"helm.sh/helm/v3/pkg/repo"
	"sigs.k8s.io/yaml"
)

// smallChart returns a minimal chart.
func smallChart(name, version string) *helmchart.Chart {
	return &helmchart.Chart{
		Metadata: &helmchart.Metadata{APIVersion: "v2", Name: name, Version: version, AppVersion: "app-" + version},
		Raw:      []*helmchart.File{{Name: "values.yaml", Data: []byte("# kept\nserver: {}\n")}},
		Templates: []*helmchart.File{
			{Name: "templates/c.yaml", Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")},
		},
	}
}

func saved(t *testing.T, c *helmchart.Chart) string {
	t.Helper()
	path, err := chartutil.Save(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// ociRegistry serves charts named zenml in the given versions below
// /stores/zenml and returns the reference without a version.
func ociRegistry(t *testing.T, wrap func(http.Handler) http.Handler, versions ...string) string {
	t.Helper()
	inner := ociregistry.New(ociregistry.Logger(log.New(io.Discard, "", 0)))
	open := httptest.NewServer(inner)
	t.Cleanup(open.Close)
	client, err := registry.NewClient(registry.ClientOptPlainHTTP())
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range versions {
		data, err := os.ReadFile(saved(t, smallChart("zenml", version)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Push(data, host(open)+"/stores/zenml:"+version); err != nil {
			t.Fatal(err)
		}
	}
	served := open
	if wrap != nil {
		served = httptest.NewServer(wrap(inner))
		t.Cleanup(served.Close)
	}
	return "oci://" + host(served) + "/stores/zenml"
}

func host(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }

func TestOCIVersions(t *testing.T) {
	ref := ociRegistry(t, nil, "0.84.3", "0.94.1", "0.98.0", "0.98.1", "0.99.0-rc1", "1.0.0+build.5")
	for _, test := range []struct{ ref, version, want string }{
		{ref, "", "1.0.0+build.5"},
		{ref, "0.94.1", "0.94.1"},
		{ref, "v0.94.1", "0.94.1"},
		{ref, "~0.98.0", "0.98.1"},
		{ref, ">=0.94 <0.98", "0.94.1"},
		{ref, "0.99.0-rc1", "0.99.0-rc1"},
		{ref + ":0.84.3", "", "0.84.3"},
		{ref + ":0.84.3", "0.84.3", "0.84.3"},
	} {
		c, err := Load(t.Context(), Source{Ref: test.ref, Version: test.version})
		if err != nil {
			t.Errorf("%s %q: %v", test.ref, test.version, err)
			continue
		}
		if c.Info.Version != test.want || c.Info.AppVersion != "app-"+test.want || c.Info.Name != "zenml" {
			t.Errorf("%s %q: got %s %s", test.ref, test.version, c.Info.Name, c.Info.Version)
		}
		if !strings.HasPrefix(c.Info.Digest, "sha256:") {
			t.Errorf("digest %q", c.Info.Digest)
		}
		if !bytes.Contains(c.Info.Defaults, []byte("# kept")) {
			t.Errorf("defaults lost their comments: %q", c.Info.Defaults)
		}
		again, err := Load(t.Context(), Source{Ref: ref + "@" + c.Info.Digest})
		if err != nil || again.Info.Version != test.want {
			t.Errorf("by digest: %v %v", again, err)
		}
	}
}

func TestOCIVersionMissing(t *testing.T) {
	ref := ociRegistry(t, nil, "0.90.0", "0.94.1", "0.94.2", "0.95.0", "0.98.0", "0.98.1")
	for _, test := range []struct {
		source Source
		want   []string
	}{
		{Source{Ref: ref, Version: "0.94.3"}, []string{"0.94.1", "0.94.2", "0.95.0", "0.98.0", "0.98.1"}},
		{Source{Ref: ref, Version: "0.80.0"}, []string{"0.90.0", "0.94.1", "0.94.2", "0.95.0", "0.98.0"}},
		{Source{Ref: ref + ":7.0.0"}, []string{"0.94.1", "0.94.2", "0.95.0", "0.98.0", "0.98.1"}},
		{Source{Ref: ref, Version: "~0.97"}, []string{"0.94.1", "0.94.2", "0.95.0", "0.98.0", "0.98.1"}},
	} {
		_, err := Load(t.Context(), test.source)
		var missing *VersionError
		if !errors.As(err, &missing) {
			t.Errorf("%+v: %v", test.source, err)
			continue
		}
		if diff := cmp.Diff(test.want, missing.Nearest); diff != "" {
			t.Errorf("%+v: %s", test.source, diff)
		}
	}
}

func TestOCIOnlyPrereleases(t *testing.T) {
	ref := ociRegistry(t, nil, "1.0.0-rc1")
	_, err := Load(t.Context(), Source{Ref: ref})
	var missing *VersionError
	if !errors.As(err, &missing) || missing.Version != "" {
		t.Fatal(err)
	}
}

func TestOCILogin(t *testing.T) {
	const user, password = "reader", "c4n4ry-p4ss"
	ref := ociRegistry(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if u, p, ok := r.BasicAuth(); !ok || u != user || p != password {
				w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r)
		})
	}, "0.98.0")
	logins := func(password string) string {
		file := filepath.Join(t.TempDir(), "config.json")
		client, err := registry.NewClient(registry.ClientOptCredentialsFile(file), registry.ClientOptPlainHTTP())
		if err != nil {
			t.Fatal(err)
		}
		registryHost, _, _ := strings.Cut(strings.TrimPrefix(ref, "oci://"), "/")
		if err := client.Login(registryHost, registry.LoginOptBasicAuth(user, password),
			registry.LoginOptPlainText(true)); err != nil &&
			password != "wrong" {
			t.Fatal(err)
		}
		if password == "wrong" {
			auth := "cmVhZGVyOndyb25n" // reader:wrong
			if err := os.WriteFile(file, fmt.Appendf(nil, `{"auths":{%q:{"auth":%q}}}`, registryHost, auth), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return file
	}
	for _, version := range []string{"", "0.98.0"} {
		if _, err := Load(t.Context(), Source{Ref: ref, Version: version, CredentialsFile: logins(password)}); err != nil {
			t.Errorf("with the login: %v", err)
		}
		for name, file := range map[string]string{
			"none": filepath.Join(t.TempDir(), "none.json"), "wrong": logins("wrong"),
		} {
			_, err := Load(t.Context(), Source{Ref: ref, Version: version, CredentialsFile: file})
			wantReason(t, err, map[string]Reason{"none": ReasonUnauthorized, "wrong": ReasonExpired}[name])
			if err != nil && strings.Contains(err.Error(), "wrong") {
				t.Errorf("%s: the error shows the password: %v", name, err)
			}
		}
	}
}

func TestChartSourceFaults(t *testing.T) {
	ref := ociRegistry(t, nil, "0.98.0")
	https := httptest.NewUnstartedServer(ociregistry.New(ociregistry.Logger(log.New(io.Discard, "", 0))))
	https.Config.ErrorLog = log.New(io.Discard, "", 0)
	https.StartTLS()
	t.Cleanup(https.Close)
	empty := t.TempDir()
	text := filepath.Join(empty, "text.tgz")
	if err := os.WriteFile(text, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	library := smallChart("lib", "1.0.0")
	library.Metadata.Type = "library"
	for name, test := range map[string]struct {
		source Source
		want   Reason
	}{
		"nothing":            {Source{}, ReasonInvalid},
		"unknown scheme":     {Source{Ref: "ftp://x/y"}, ReasonInvalid},
		"no host":            {Source{Ref: "oci:///zenml"}, ReasonInvalid},
		"two versions":       {Source{Ref: ref + ":0.98.0", Version: "0.97.0"}, ReasonInvalid},
		"no such repository": {Source{Ref: ref + "x"}, ReasonNotFound},
		"no such one, exact": {Source{Ref: ref + "x", Version: "0.98.0"}, ReasonNotFound},
		"nobody listens":     {Source{Ref: "oci://" + freeAddress(t) + "/zenml"}, ReasonUnreachable},
		"unknown CA":         {Source{Ref: "oci://" + strings.TrimPrefix(https.URL, "https://") + "/zenml"}, ReasonUntrusted},
		"no such file":       {Source{Ref: filepath.Join(empty, "zenml")}, ReasonNotFound},
		"an empty folder":    {Source{Ref: empty}, ReasonNotAChart},
		"no archive":         {Source{Ref: text}, ReasonNotAChart},
		"a library":          {Source{Ref: saved(t, library)}, ReasonNotAChart},
		"no repository":      {Source{Ref: "http://" + freeAddress(t)}, ReasonUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(t.Context(), test.source)
			wantReason(t, err, test.want)
		})
	}
}

func TestImageIsNotAChart(t *testing.T) {
	server := httptest.NewServer(ociregistry.New(ociregistry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	manifest := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}`
	put(
		t,
		server.URL+"/v2/image/blobs/uploads/?digest=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
		http.MethodPost,
		"{}",
	)
	put(t, server.URL+"/v2/image/manifests/1.0.0", http.MethodPut, manifest)
	_, err := Load(t.Context(), Source{Ref: "oci://" + host(server) + "/image", Version: "1.0.0"})
	wantReason(t, err, ReasonNotAChart)
}

func TestLoadChartReturnsOnCancel(t *testing.T) {
	asked := make(chan struct{}, 8)
	release := make(chan struct{})
	server := httptest.NewServer(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-release }),
	)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	for _, ref := range []string{"oci://" + host(server) + "/zenml", server.URL + "/zenml", server.URL + "/zenml.tgz"} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-asked; cancel() }()
		begin := time.Now()
		_, err := Load(ctx, Source{Ref: ref, PlainHTTP: true})
		if !errors.Is(err, context.Canceled) || time.Since(begin) > 5*time.Second {
			t.Errorf("%s: %v after %s", ref, err, time.Since(begin))
		}
	}
}

func TestRepository(t *testing.T) {
	dir := t.TempDir()
	for _, version := range []string{"0.94.1", "0.98.0", "0.99.0-rc1"} {
		if _, err := chartutil.Save(smallChart("zenml", version), dir); err != nil {
			t.Fatal(err)
		}
		if _, err := chartutil.Save(smallChart("other", version), dir); err != nil {
			t.Fatal(err)
		}
	}
	index, err := repo.IndexDirectory(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := index.WriteFile(filepath.Join(dir, "index.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/charts", http.FileServer(http.Dir(dir))))
	t.Cleanup(server.Close)
	for _, test := range []struct{ ref, version, name, want string }{
		{"/charts", "", "zenml", "0.98.0"},
		{"/charts/", "0.94.1", "zenml", "0.94.1"},
		{"/charts/zenml", "~0.94.0", "zenml", "0.94.1"},
		{"/charts/other", "", "other", "0.98.0"},
		{"/charts/zenml-0.99.0-rc1.tgz", "", "zenml", "0.99.0-rc1"},
	} {
		c, err := Load(t.Context(), Source{Ref: server.URL + test.ref, Version: test.version})
		if err != nil {
			t.Errorf("%s: %v", test.ref, err)
			continue
		}
		if c.Info.Name != test.name || c.Info.Version != test.want || !strings.HasPrefix(c.Info.Digest, "sha256:") {
			t.Errorf("%s: got %s %s %s", test.ref, c.Info.Name, c.Info.Version, c.Info.Digest)
		}
	}
	for ref, want := range map[string]Reason{
		"/elsewhere": ReasonNotFound, "/charts/third": ReasonNotFound, "/charts/zenml-9.tgz": ReasonNotFound,
	} {
		_, err := Load(t.Context(), Source{Ref: server.URL + ref})
		wantReason(t, err, want)
	}
	_, err = Load(t.Context(), Source{Ref: server.URL + "/charts", Version: "0.97.0"})
	var missing *VersionError
	if !errors.As(err, &missing) {
		t.Error(err)
	}
	tamper(t, filepath.Join(dir, "index.yaml"))
	_, err = Load(t.Context(), Source{Ref: server.URL + "/charts"})
	wantReason(t, err, ReasonCorrupt)
}

// tamper changes every digest in an index.
func tamper(t *testing.T, path string) {
	t.Helper()
	index, err := repo.LoadIndexFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, versions := range index.Entries {
		for _, v := range versions {
			v.Digest = strings.Repeat("0", 64)
		}
	}
	data, err := yaml.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLocalChart(t *testing.T) {
	archive := saved(t, smallChart("zenml", "0.98.0"))
	dir := t.TempDir()
	if err := chartutil.SaveDir(smallChart("zenml", "0.98.0"), dir); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{archive, filepath.Join(dir, "zenml")} {
		c, err := Load(t.Context(), Source{Ref: ref})
		if err != nil || c.Info.Version != "0.98.0" || c.Info.Digest != "" {
			t.Errorf("%s: %+v %v", ref, c, err)
		}
		_, err = Load(t.Context(), Source{Ref: ref, Version: "0.97.0"})
		var missing *VersionError
		if !errors.As(err, &missing) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestSourceErrorHidesPassword(t *testing.T) {
	_, err := Load(t.Context(), Source{Ref: "http://user:c4n4ry@" + freeAddress(t) + "/charts"})
	if err == nil || strings.Contains(err.Error(), "c4n4ry") {
		t.Fatal(err)
	}
}

func wantReason(t *testing.T, err error, want Reason) {
	t.Helper()
	var source *SourceError
	if !errors.As(err, &source) || source.Reason != want {
		t.Errorf("got %v, want: %s", err, want)
	}
}

func put(t *testing.T, url, method, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s", method, url, response.Status)
	}
}

// freeAddress returns a loopback address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
