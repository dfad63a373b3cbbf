package install

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"helm.sh/helm/v3/pkg/chartutil"
)

// ownImage is the image of the ACME server and the ingress controller.
const (
	ownRepository = "sandbox/https"
	ownTag        = "1"
)

// builtAt is the time of everything in the images: equal content, equal digests.
var builtAt = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// user runs the images that set no user. It must be a number, because the chart
// requires a non-root user.
const user = "65532"

// pushImages pushes cert-manager's images with the names that its chart
// expects, and the add-on's images.
func (i *installer) pushImages(ctx context.Context) error {
	certManager, err := binaryLayer(filepath.Join(i.Parts, "cert-manager"))
	if err != nil {
		return err
	}
	for image, command := range map[string]string{
		"cert-manager-controller":      "controller",
		"cert-manager-webhook":         "webhook",
		"cert-manager-cainjector":      "cainjector",
		"cert-manager-acmesolver":      "acmesolver",
		"cert-manager-startupapicheck": "startupapicheck",
	} {
		if err := i.push(ctx, "jetstack/"+image, i.chart.version(), certManager, "/cert-manager", command); err != nil {
			return err
		}
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	own, err := binaryLayer(executable)
	if err != nil {
		return err
	}
	if err := i.push(ctx, ownRepository, ownTag, own, "/"+filepath.Base(executable)); err != nil {
		return err
	}
	return i.pushChart(ctx)
}

// pushChart pushes cert-manager's chart with its published name, for installers.
func (i *installer) pushChart(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "chart-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path, err := chartutil.Save(i.chart.Chart, dir)
	if err != nil {
		return fmt.Errorf("package cert-manager's chart: %w", err)
	}
	archive, err := os.ReadFile(path) //nolint:gosec // it was written above
	if err != nil {
		return err
	}
	layer := static.NewLayer(archive, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1),
		"application/vnd.cncf.helm.config.v1+json")
	image, err := mutate.Append(base, mutate.Addendum{Layer: layer})
	if err != nil {
		return fmt.Errorf("wrap cert-manager's chart: %w", err)
	}
	return i.write(ctx, "jetstack/charts/cert-manager", i.chart.Metadata.Version, image)
}

// binaryLayer returns a layer with one static binary.
func binaryLayer(path string) (v1.Layer, error) {
	binary, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	writer := tar.NewWriter(&out)
	header := &tar.Header{Name: filepath.Base(path), Mode: 0o755, Size: int64(len(binary)), ModTime: builtAt}
	if err := writer.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := writer.Write(binary); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return static.NewLayer(out.Bytes(), types.OCIUncompressedLayer), nil
}

func (i *installer) push(ctx context.Context, repository, tag string, layer v1.Layer, entrypoint ...string) error {
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.AppendLayers(base, layer)
	if err != nil {
		return fmt.Errorf("build image %s: %w", repository, err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		return fmt.Errorf("build image %s: %w", repository, err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created = "linux", runtime.GOARCH, v1.Time{Time: builtAt}
	file.Config = v1.Config{User: user, Entrypoint: entrypoint}
	if image, err = mutate.ConfigFile(image, file); err != nil {
		return fmt.Errorf("build image %s: %w", repository, err)
	}
	return i.write(ctx, repository, tag, image)
}

func (i *installer) write(ctx context.Context, repository, tag string, image v1.Image) error {
	reference, err := name.NewTag(i.Registry+"/"+repository+":"+tag, name.Insecure)
	if err != nil {
		return err
	}
	if err := remote.Write(reference, image, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("push %s: %w", reference, err)
	}
	return nil
}
