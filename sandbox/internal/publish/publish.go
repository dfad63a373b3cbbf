// Package publish pushes charts and images to the registry of a sandbox.
package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/zenml-installer/zenml-installer/sandbox/charts"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/images"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/zenmlimage"
)

// Publisher pushes images and charts to a registry.
type Publisher struct {
	// Address is the registry's host:port.
	Address string
	// Blobs is the registry's folder.
	Blobs string
	// RealByDefault gives real servers the published name, which otherwise
	// belongs to a stand-in of the same version.
	RealByDefault bool
	// Charts are the charts in the registry.
	Charts []state.Chart
}

// StandIns publishes the images of the stand-in program, which is the server
// and the pods' infrastructure container, and the charts of both generations.
func (p *Publisher) StandIns(ctx context.Context, program string) error {
	builder, err := images.NewBuilder(program)
	if err != nil {
		return err
	}
	pause, err := builder.Pause()
	if err != nil {
		return err
	}
	if err := images.Push(ctx, p.Address, images.PauseRepository, images.PauseTag, pause); err != nil {
		return err
	}
	archives, err := charts.Archives()
	if err != nil {
		return fmt.Errorf("package the charts: %w", err)
	}
	for _, archive := range archives {
		image, err := builder.Server(archive.AppVersion)
		if err != nil {
			return err
		}
		if err := p.push(ctx, archive, images.ServerRepository, image, state.ServerStandIn); err != nil {
			return err
		}
	}
	return nil
}

// Server publishes a real server and its chart.
func (p *Publisher) Server(ctx context.Context, server *zenmlimage.Server) error {
	if err := p.linkLayers(server); err != nil {
		return err
	}
	image, err := server.Image()
	if err != nil {
		return err
	}
	archive, err := chartOf(server)
	if err != nil {
		return fmt.Errorf("package the chart of ZenML %s: %w", server.Version, err)
	}
	repository := images.ServerRepository
	if taken := slices.IndexFunc(p.Charts, func(c state.Chart) bool { return c.Version == archive.Version }); taken >= 0 {
		if p.RealByDefault {
			p.Charts = slices.Delete(p.Charts, taken, taken+1)
		} else {
			repository = images.RealRepository
		}
	}
	return p.push(ctx, archive, repository, image, state.ServerReal)
}

// linkLayers makes the registry serve an image's layers from the cache, so that
// they are not copied.
func (p *Publisher) linkLayers(server *zenmlimage.Server) error {
	for _, layer := range server.Layers {
		link := filepath.Join(p.Blobs, layer.Sum.Algorithm, layer.Sum.Hex)
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			return fmt.Errorf("link image layers: %w", err)
		}
		if err := os.Symlink(layer.Path, link); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("link image layers: %w", err)
		}
	}
	return nil
}

// chartOf returns the chart of a real server: the published one if the server's
// wheel contains it, otherwise the stand-in chart of its generation in the
// server's version.
func chartOf(server *zenmlimage.Server) (charts.Archive, error) {
	if server.Chart != "" {
		return charts.PackageFolder(server.Chart)
	}
	return charts.Package(charts.GenerationOf(server.Version), server.Version)
}

// push pushes a chart and its image.
func (p *Publisher) push(
	ctx context.Context,
	archive charts.Archive,
	repository string,
	image v1.Image,
	kind string,
) error {
	for _, tag := range []string{archive.Version, archive.AppVersion} {
		if tag == "" { // charts up to 0.73.0 have no app version
			continue
		}
		if err := images.Push(ctx, p.Address, repository, tag, image); err != nil {
			return err
		}
	}
	artifact, err := images.ChartArtifact(archive.Data)
	if err != nil {
		return err
	}
	name := "zenml/" + archive.Name
	if err := images.Push(ctx, p.Address, name, archive.Version, artifact); err != nil {
		return err
	}
	p.Charts = append(p.Charts, state.Chart{
		Ref: "oci://" + p.Address + "/" + name, Version: archive.Version, Generation: archive.Generation,
		Image: repository + ":" + archive.Version, Server: kind,
	})
	return nil
}
