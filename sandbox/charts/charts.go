// Package charts contains the sandbox's stand-in charts: two Helm charts named
// zenml, written for the tests and the demo, that render what the published
// ZenML chart renders. Current has the server settings under `server:`
// (published since 0.94.2), Legacy under `zenml:`. They omit workerDeployments,
// which renders nothing here.
package charts

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"

	"golang.org/x/mod/semver"
	"sigs.k8s.io/yaml"
)

// The two generations of the chart; each is the name of an embedded folder.
const (
	Current = "current"
	Legacy  = "legacy"
)

// The prefix all: includes files whose names begin with . or _.
//
//go:embed all:current all:legacy
var folders embed.FS

// firstCurrent is the first published version with the current layout.
const firstCurrent = "v0.94.2"

// realServers are the releases of the server on PyPI that match the charts. The
// current chart is newer than any release.
var realServers = map[string]string{Current: "0.98.0", Legacy: "0.84.3"}

// RealServer returns the version of the real server that matches a generation
// of the chart.
func RealServer(generation string) string { return realServers[generation] }

// Archive is a packaged chart as a registry or a repository serves it.
type Archive struct {
	Name       string // the chart's name, always zenml
	Version    string // the chart's version
	AppVersion string // the server's version; the chart's images are tagged with Version
	Generation string // Current or Legacy
	Data       []byte // the .tgz; equal on every call
}

// Archives packages both generations in their own versions, Current first.
func Archives() ([]Archive, error) {
	var archives []Archive
	for _, generation := range []string{Current, Legacy} {
		archive, err := Package(generation, "")
		if err != nil {
			return nil, err
		}
		archives = append(archives, archive)
	}
	return archives, nil
}

// Package packages one generation with the given version, for chart and server,
// so that tests can upgrade. An empty version keeps the chart's own.
func Package(generation, version string) (Archive, error) {
	files, err := filesOf(generation, version)
	if err != nil {
		return Archive{}, err
	}
	meta, err := metadataOf(files)
	if err != nil {
		return Archive{}, fmt.Errorf("chart %s: %w", generation, err)
	}
	data, err := pack(meta.Name, files)
	if err != nil {
		return Archive{}, fmt.Errorf("chart %s cannot be packaged: %w", generation, err)
	}
	return Archive{
		Name:       meta.Name,
		Version:    meta.Version,
		AppVersion: meta.AppVersion,
		Generation: generation,
		Data:       data,
	}, nil
}

// PackageFolder packages a chart in a folder. Its version determines its
// generation.
func PackageFolder(dir string) (Archive, error) {
	files, err := filesIn(os.DirFS(dir))
	if err != nil {
		return Archive{}, err
	}
	meta, err := metadataOf(files)
	if err != nil {
		return Archive{}, fmt.Errorf("chart %s: %w", dir, err)
	}
	data, err := pack(meta.Name, files)
	if err != nil {
		return Archive{}, fmt.Errorf("chart %s cannot be packaged: %w", dir, err)
	}
	return Archive{
		Name:       meta.Name,
		Version:    meta.Version,
		AppVersion: meta.AppVersion,
		Generation: GenerationOf(meta.Version),
		Data:       data,
	}, nil
}

// GenerationOf returns the generation of the chart that was published with a version.
func GenerationOf(version string) string {
	if semver.Compare("v"+version, firstCurrent) >= 0 {
		return Current
	}
	return Legacy
}

// file is one file of a chart; its name is relative to the chart's folder.
type file struct {
	name string
	data []byte
}

// filesOf lists a generation's files by name, with the version in Chart.yaml.
func filesOf(generation, version string) ([]file, error) {
	if !slices.Contains([]string{Current, Legacy}, generation) {
		return nil, fmt.Errorf("unknown chart generation %q: use %q or %q", generation, Current, Legacy)
	}
	root, err := fs.Sub(folders, generation)
	if err != nil {
		return nil, err
	}
	files, err := filesIn(root)
	if err != nil || version == "" {
		return files, err
	}
	return withVersion(files, version), nil
}

// filesIn lists the files of a chart's folder by name.
func filesIn(root fs.FS) ([]file, error) {
	var files []file
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		files = append(files, file{name: path.Clean(name), data: data})
		return err
	})
	return files, err
}

var versionLine = regexp.MustCompile(`(?m)^(version|appVersion): .*$`)

func withVersion(files []file, version string) []file {
	for i := range files {
		if files[i].name == "Chart.yaml" {
			files[i].data = versionLine.ReplaceAll(files[i].data, []byte("${1}: "+version))
		}
	}
	return files
}

type metadata struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	AppVersion string `json:"appVersion"`
}

func metadataOf(files []file) (metadata, error) {
	for _, f := range files {
		if f.name == "Chart.yaml" {
			var meta metadata
			err := yaml.Unmarshal(f.data, &meta)
			return meta, err
		}
	}
	return metadata{}, fmt.Errorf("file Chart.yaml is missing: restore it")
}
