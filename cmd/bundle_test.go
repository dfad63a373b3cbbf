package cmd

import (
	"encoding/json"
	"io"
	"io/fs"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	ociregistry "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/zenml-installer/zenml-installer/internal/bundle"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// internet is a registry that a test can turn off.
type internet struct {
	*httptest.Server
	t *testing.T
}

func newInternet(t *testing.T) *internet {
	t.Helper()
	server := httptest.NewServer(ociregistry.New(ociregistry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	t.Setenv("DOCKER_CONFIG", t.TempDir()) // without logins
	return &internet{server, t}
}

func (i *internet) host() string { return i.Listener.Addr().String() }

// add copies a chart or an image from another registry.
func (i *internet) add(from, path string) {
	i.t.Helper()
	source, err := name.ParseReference(from+"/"+path, name.Insecure)
	if err != nil {
		i.t.Fatal(err)
	}
	image, err := remote.Image(source, remote.WithContext(i.t.Context()))
	if err != nil {
		i.t.Fatal(err)
	}
	i.push(path, image)
}

func (i *internet) push(path string, image v1.Image) {
	i.t.Helper()
	target, err := name.ParseReference(i.host() + "/" + path)
	if err == nil {
		err = remote.Write(target, image, remote.WithContext(i.t.Context()))
	}
	if err != nil {
		i.t.Fatal(err)
	}
}

// answers writes answers whose chart and image come from the internet.
func (i *internet) answers(p *place, c testcluster.Chart, more string) string {
	_, chart, _ := strings.Cut(strings.TrimPrefix(c.Ref, "oci://"), "/")
	return p.file("answers.yaml", "version: 1\nchart: {ref: 'oci://"+i.host()+"/"+chart+"', version: "+c.Version+"}\n"+
		"server: {image: {repository: "+i.host()+"/zenmldocker/zenml-server}}\ndatabase: {type: sqlite}\n"+more)
}

// TestBundleInstall carries an install into a cluster that reaches its own registry only.
func TestBundleInstall(t *testing.T) {
	c := testcluster.Start(t)
	chart := c.Charts["current"]
	p, online, namespace := newPlace(t).at(c), newInternet(t), c.Namespace(t)
	online.add(c.Registry, "zenml/zenml:"+chart.Version)
	online.add(c.Registry, chart.Image)
	dir := filepath.Join(p.dir, "bundle")
	p.runs("generate", "-f", online.answers(p, chart, ""), "--bundle", dir).want(t, exitDone,
		"image  "+online.host()+"/"+chart.Image, "Fetched "+online.host(), "Wrote the bundle "+dir)
	online.Close()

	mirror := c.NodeRegistry + "/" + namespace
	flags := []string{"--bundle", dir, "--image-registry", mirror, "-n", namespace, "--plain-http"}
	p.runs(append([]string{"preflight", "--verbose"}, flags...)...).want(t, exitDone,
		mirror+"/"+chart.Image+" for amd64") // from the bundle
	p.runs(append([]string{"install", "--dry-run"}, flags...)...).want(t, exitDone, mirror+"/zenmldocker/zenml-server")
	if _, err := remote.Head(reference(t, mirror+"/"+chart.Image)); err == nil {
		t.Error("a dry run has pushed the image")
	}
	values := filepath.Join(p.dir, "values.yaml")
	install := append([]string{"install", "--yes", "--output", values}, flags...)
	p.runs(install...).want(t, exitDone, "Pushed "+mirror+"/"+chart.Image, "zenml login http://127.0.0.1:")
	p.runs(append(install, "--force")...).want(t, exitDone, "Kept "+mirror+"/"+chart.Image)
	if data, err := os.ReadFile(values); err != nil || !strings.Contains(string(data), "repository: "+mirror) {
		t.Errorf("%s (%v)", data, err)
	}
	p.runs(append(install, "--answer", "server.image.tag=1.2.3", "--force")...).want(t, exitPreflight,
		"the bundle does not contain "+mirror+"/zenmldocker/zenml-server:1.2.3")
}

func reference(t *testing.T, image string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(image, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// standInServer adds the image of a local chart, and returns flags and the answers.
func (i *internet) standInServer(p *place, more string) []string {
	i.t.Helper()
	image, err := random.Image(1000, 1)
	if err != nil {
		i.t.Fatal(err)
	}
	i.push("zenmldocker/zenml-server:0.98.1", image)
	file := p.file("answers.yaml", "version: 1\nserver:\n  image: {repository: "+i.host()+
		"/zenmldocker/zenml-server, tag: 0.98.1}\n"+more)
	return append([]string{"-f", file}, standIn("current")...)
}

// TestBundleContainsNoSecrets searches a bundle for secrets that the answers have in plain
// text.
func TestBundleContainsNoSecrets(t *testing.T) {
	for name, c := range map[string]struct {
		answers      string
		values, copy bool
	}{
		"mysql": {"database: {type: mysql, mysql: {host: db, name: z, user: u, password: {value: c4nary-1}}}\n" +
			"secretsStore: {type: sql, sql: {encryptionKey: {value: " + strings.Repeat("c4", 32) + "}}}\n", true, true},
		"raw values":  {"database: {type: sqlite}\nvalues: {server: {environment: {MY_TOKEN: c4nary-2}}}\n", false, false},
		"environment": {"  environment: {API_TOKEN: c4nary-3}\ndatabase: {type: sqlite}\n", false, false},
		"backup": {"database: {type: mysql, mysql: {host: db, name: z, user: u, password: {value: c4nary-4}}, " +
			"backup: {strategy: custom, custom: {engine: a.B, config: {password: c4nary-4}}}}\n", false, false},
		"chart": {"chart: {ref: 'https://u:c4nary-5@charts.test/z.tgz'}\ndatabase: {type: sqlite}\n", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := nowhere(t)
			dir := filepath.Join(p.dir, "bundle")
			r := p.runs(append([]string{"generate", "--bundle", dir}, newInternet(t).standInServer(p, c.answers)...)...).
				want(t, exitDone)
			if strings.Contains(r.out+r.err, "c4nary") {
				t.Errorf("%s\n%s", r.out, r.err)
			}
			names := searchFor(t, dir, "c4nary", strings.Repeat("c4", 32))
			if slices.Contains(names, bundle.ValuesFile) != c.values || slices.Contains(names, bundle.AnswersFile) != c.copy {
				t.Errorf("%q", names)
			}
		})
	}
}

// searchFor fails the test if a file contains a secret, and returns the files' names.
func searchFor(t *testing.T, dir string, secrets ...string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		names = append(names, e.Name())
		data, err := os.ReadFile(path)
		for _, s := range secrets {
			if strings.Contains(string(data), s) {
				t.Errorf("%s contains a secret", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestBundlePrerequisites lists the images of a prerequisite's chart, also those that
// arguments name, and installs with both registries replaced.
func TestBundlePrerequisites(t *testing.T) {
	p, online := nowhere(t), newInternet(t)
	for _, image := range []string{"jetstack/cert-manager-controller:v1", "jetstack/cert-manager-acmesolver:v1"} {
		made, err := random.Image(500, 1)
		if err != nil {
			t.Fatal(err)
		}
		online.push("quay/"+image, made)
	}
	folder := filepath.Join(p.dir, "cert-manager")
	if err := os.MkdirAll(filepath.Join(folder, "templates"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.file("cert-manager/Chart.yaml", "apiVersion: v2\nname: cert-manager\nversion: 1.2.3\n")
	p.file("cert-manager/templates/controller.yaml", `apiVersion: apps/v1
kind: Deployment
metadata: {name: cert-manager}
spec:
  template:
    spec:
      containers:
      - image: "{{ .Values.imageRegistry }}/jetstack/cert-manager-controller:v1"
        args: ["--acme-http01-solver-image={{ .Values.imageRegistry }}/jetstack/cert-manager-acmesolver:v1"]
`)
	args := online.standInServer(p, "database: {type: sqlite}\nexpose: {type: ingress, host: z.example.com, "+
		"ingress: {class: haproxy}, tls: {mode: cert-manager, issuer: {name: i}}}\nprerequisites: {certManager: install, "+
		"charts: {cert-manager: "+folder+"}, imageRegistry: '"+online.host()+"/quay'}\n")
	dir := filepath.Join(p.dir, "bundle")
	r := p.runs(append([]string{"generate", "--bundle", dir, "-o", "json"}, args...)...).want(t, exitDone)
	var listed bundle.Bundle
	if err := json.Unmarshal([]byte(r.out), &listed); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, image := range listed.Images {
		paths = append(paths, image.Path)
	}
	want := []string{"jetstack/cert-manager-acmesolver", "jetstack/cert-manager-controller", "zenmldocker/zenml-server"}
	if !reflect.DeepEqual(paths, want) || listed.Chart("cert-manager").Version != "1.2.3" {
		t.Errorf("%q in %s", paths, r.out)
	}
	f := bundleFlags{dir: dir, registry: "mirror.test:5000/a"}
	if err := f.open(t.Context(), Streams{Err: io.Discard}, common{}); err != nil {
		t.Fatal(err)
	}
	a, err := answersFlags{name: f.answersFile()}.loadPartial(t.Context(), Streams{Err: io.Discard}, common{
		kube: noFlags(), bundle: &f})
	if err != nil {
		t.Fatal(err)
	}
	if a.Server.Image.Repository != "mirror.test:5000/a/zenmldocker/zenml-server" ||
		a.Prerequisites.ImageRegistry != "mirror.test:5000/a" ||
		a.Prerequisites.Charts["cert-manager"] != filepath.Join(dir, "charts", "cert-manager-1.2.3.tgz") ||
		a.Chart.Ref != filepath.Join(dir, listed.Server().File) {
		t.Errorf("%+v\n%+v\n%+v", a.Server.Image, a.Prerequisites, a.Chart)
	}
}

func TestBundleFlags(t *testing.T) {
	p := nowhere(t)
	args := newInternet(t).standInServer(p, "database: {type: sqlite}\n")
	dir := filepath.Join(p.dir, "bundle")
	p.runs(append([]string{"generate", "--bundle", dir}, args...)...).want(t, exitDone)
	for want, args := range map[string][]string{
		"add --bundle DIR":    append([]string{"generate", "--dry-run"}, args...),
		"write it as OS/":     append([]string{"generate", "--bundle", dir, "--platform", "arm64"}, args...),
		"do not work with":    append([]string{"generate", "--bundle", dir, "--output", "x"}, args...),
		"works with --bundle": {"install", "--image-registry", "r.test", "--yes"},
		"is not a registry":   {"install", "--bundle", dir, "--image-registry", "https://r.test", "--yes"},
		"select different":    {"install", "--bundle", dir, "--chart", "x", "--yes"},
		"is not a bundle":     {"install", "--bundle", p.dir, "--yes"},
		"remove one of them": {"preflight", "--bundle", dir, "--image-registry", "r.test", "--answer",
			"server.image.repository=o.test/z"},
		"is not empty and":       append([]string{"generate", "--bundle", p.dir}, args...),
		"no image for linux/arm": append([]string{"generate", "--bundle", dir, "--platform", "linux/arm"}, args...),
	} {
		r := p.runs(args...)
		if r.code == exitDone || !strings.Contains(r.err, want) {
			t.Errorf("%q: exit code %d, %s", args, r.code, r.err)
		}
	}
}

// TestBundlePushRefused pushes to a registry that does not answer.
func TestBundlePushRefused(t *testing.T) {
	p, online := nowhere(t), newInternet(t)
	dir := filepath.Join(p.dir, "bundle")
	p.runs(append([]string{"generate", "--bundle", dir}, online.standInServer(p, "database: {type: sqlite}\n")...)...).
		want(t, exitDone)
	online.Close()
	p.runs("install", "--bundle", dir, "--image-registry", online.host(), "--yes").want(t, exitInstall,
		"cannot push "+online.host())
	p.runs("install", "--bundle", dir, "--image-registry", online.host(), "--accessible").want(t, exitUsage,
		"Push 1 image of the bundle", "nothing was pushed or installed")
}
