// Package zenmlimage builds images of the real ZenML server from Debian
// packages and PyPI, without a container engine. It caches both layers.
package zenmlimage

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/cache"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/debian"
)

// recipe must change when the build changes in a way that its inputs do not
// show.
const recipe = "1"

// extras are those of the published image: the server, the clients of all
// secrets stores, and the connectors with which the cloud stores authenticate.
const extras = "server,secrets-aws,secrets-gcp,secrets-azure,secrets-hashicorp,connectors-aws,connectors-gcp,connectors-azure"

// The user of the published image and its home.
const (
	user = 1000
	home = "/zenml"
)

// chartInWheel is the folder of the Helm chart in wheels up to 0.73.0.
const chartInWheel = "zenml/zen_server/deploy/helm"

// Folder names in the cached folder of a server.
const (
	siteFolder  = "site"
	chartFolder = "chart"
)

// Server is a built server image.
type Server struct {
	Version string
	// Chart is the folder of the chart in the server's wheel; empty if it has
	// none.
	Chart  string
	Layers []*Layer
}

// Missing returns the programs that this machine lacks to build images.
func Missing() []string { return debian.Missing() }

// Build returns the image of a server version. It first builds what is not
// cached, which takes minutes; say receives lines of progress.
func Build(ctx context.Context, c cache.Cache, version string, say func(string)) (*Server, error) {
	if missing := Missing(); len(missing) > 0 {
		return nil, errors.New(strings.Join(missing, "; "))
	}
	b := &builder{cache: c, say: say}
	server, err := b.build(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("build the image of ZenML %s: %w", version, err)
	}
	return server, nil
}

type builder struct {
	cache cache.Cache
	say   func(string)
	base  base
}

func (b *builder) build(ctx context.Context, version string) (*Server, error) {
	if err := b.ensureBase(ctx); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("zenml-%s-%s", version,
		digest(append([]string{recipe, baseName(), extras}, olderRequirements(version)...)...))
	dir, err := b.cache.Ensure(ctx, name, b.say, func(dir string) error { return b.makeServer(ctx, dir, version) })
	if err != nil {
		return nil, err
	}
	server := &Server{Version: version}
	if chart := filepath.Join(dir, chartFolder); exists(chart) {
		server.Chart = chart
	}
	for _, folder := range []string{b.base.dir, dir} {
		layer, err := openLayer(folder)
		if err != nil {
			return nil, err
		}
		server.Layers = append(server.Layers, layer)
	}
	return server, nil
}

// makeServer installs the server's Python packages and creates a layer of them.
func (b *builder) makeServer(ctx context.Context, dir, version string) error {
	python, err := b.base.python()
	if err != nil {
		return err
	}
	site := filepath.Join(dir, siteFolder)
	defer func() { _ = os.RemoveAll(site) }() // the layer contains it
	b.say(fmt.Sprintf("installing ZenML %s and its dependencies from PyPI, once: about 2 minutes", version))
	said := newTicker(b.say, 15*time.Second)
	requirements := append([]string{"zenml[" + extras + "]==" + version}, olderRequirements(version)...)
	if err := python.install(ctx, said.line, site, requirements...); err != nil {
		return err
	}
	target := "/usr/local/lib/python" + python.version() + "/dist-packages"
	b.say("packing the image of ZenML " + version)
	if err := python.compile(ctx, site, target); err != nil {
		return err
	}
	if chart := filepath.Join(site, chartInWheel); exists(chart) {
		if err := os.CopyFS(filepath.Join(dir, chartFolder), os.DirFS(chart)); err != nil {
			return err
		}
	}
	return writeLayer(dir, func(archive *tar.Writer) error { return fillServer(archive, site, target) })
}

// olderRequirements returns what a server needs besides its own requirements:
// servers up to 0.73.0 import pkg_resources, which setuptools removed in 82.
func olderRequirements(server string) []string {
	v, err := version.ParseGeneric(server)
	if err != nil || version.MustParseGeneric("0.73.0").LessThan(v) {
		return nil
	}
	return []string{"setuptools<82"}
}

// fillServer writes the packages, their commands and the server's home.
func fillServer(archive *tar.Writer, site, target string) error {
	if err := addTree(archive, site, target[1:], func(name string) bool { return name == "bin" }); err != nil {
		return err
	}
	for _, name := range []string{"zenml", "uvicorn", "alembic"} {
		script, err := os.ReadFile(filepath.Join(site, "bin", name)) //nolint:gosec // a file that pip installed
		if err != nil {
			return err
		}
		_, body, _ := strings.Cut(string(script), "\n") // the first line names the Python that ran pip
		if err := addFile(archive, "usr/local/bin/"+name, "#!/usr/bin/python3\n"+body, 0o755); err != nil {
			return err
		}
	}
	return archive.WriteHeader(
		&tar.Header{Name: home[1:] + "/", Typeflag: tar.TypeDir, Mode: 0o755, Uid: user, Gid: user, ModTime: builtAt},
	)
}

// Image assembles the image with the configuration of the published one.
func (s *Server) Image() (v1.Image, error) {
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	for _, layer := range s.Layers {
		var err error
		image, err = mutate.Append(
			image,
			mutate.Addendum{
				Layer:     layer,
				MediaType: types.OCILayerZStd,
				History:   v1.History{Created: v1.Time{Time: builtAt}},
			},
		)
		if err != nil {
			return nil, fmt.Errorf("assemble the image of ZenML %s: %w", s.Version, err)
		}
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("assemble the image of ZenML %s: %w", s.Version, err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created, file.Config = "linux", runtime.GOARCH, v1.Time{Time: builtAt}, s.config()
	return mutate.ConfigFile(image, file)
}

func (s *Server) config() v1.Config {
	return v1.Config{
		User: fmt.Sprint(user),
		Env: []string{
			"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + home, "LANG=C.UTF-8", "PYTHONUNBUFFERED=1", "PYTHONFAULTHANDLER=1",
			"ZENML_CONTAINER=1", "ZENML_CONFIG_PATH=" + home + "/.zenconfig",
		},
		Entrypoint: []string{
			"uvicorn",
			"zenml.zen_server.zen_server_api:app",
			"--log-level",
			"debug",
			"--no-server-header",
		},
		Cmd:          []string{"--proxy-headers", "--port", "8080", "--host", "0.0.0.0"},
		WorkingDir:   home,
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		Labels:       map[string]string{"org.opencontainers.image.version": s.Version},
	}
}

// digest returns the cache key of a folder with these inputs.
func digest(inputs ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(inputs, "\x00")))
	return hex.EncodeToString(sum[:])[:12]
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
