package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/bundle"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/version"
	"github.com/zenml-installer/zenml-installer/render/format"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// bundleRequest is what generate writes a bundle with.
type bundleRequest struct {
	dir       string
	platforms []string
	dryRun    bool
	format    string
}

func (r *bundleRequest) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&r.dir, "bundle", "", "folder to fetch charts and images into, for an install without internet access")
	flags.StringSliceVar(&r.platforms, "platform", nil,
		"with --bundle: platforms of the images (default linux/amd64,linux/arm64, if available)")
	flags.BoolVar(&r.dryRun, "dry-run", false, "with --bundle: list what would be fetched, and fetch nothing")
	flags.StringVarP(&r.format, "list-format", "o", "text", "with --bundle: format of the list, text or json")
	_ = cmd.MarkFlagDirname("bundle")
}

// checkBundle refuses flags that do not go with --bundle, or only with it.
func (o *generateOptions) checkBundle() error {
	b := o.bundle
	if _, err := bundle.ParsePlatforms(b.platforms); err != nil {
		return usagef("--platform: %w", err)
	}
	if isRegular(b.dir) {
		return usagef("--bundle %s: %s is a file: specify a folder", b.dir, b.dir)
	}
	switch {
	case b.format != "text" && b.format != "json":
		return usagef("-o %s: must be text or json, the format of a bundle's list; name the file to write with --output, "+
			"and its format with --format", b.format)
	case b.dir == "" && (b.dryRun || len(b.platforms) > 0 || b.format == "json"):
		return usagef("--dry-run, --platform and -o work with --bundle only: add --bundle DIR")
	case b.dir != "" && (o.output != "" || o.format != string(format.Values)):
		return usagef("--output and --format do not work with --bundle, which contains %s", bundle.ValuesFile)
	}
	return nil
}

// writeBundle lists what an install needs, and fetches it.
func (o *generateOptions) writeBundle(ctx context.Context, u *setup, p *prepared) error {
	archives, err := u.archives(ctx, p)
	if err != nil {
		return err
	}
	registries, err := bundle.NewRegistries(u.plainHTTP)
	if err != nil {
		return usage(err)
	}
	platforms, _ := bundle.ParsePlatforms(o.bundle.platforms) // checkBundle has parsed them
	plan, err := bundle.Resolve(ctx, registries, bundle.Request{Installer: version.String(), Archives: archives,
		Platforms: platforms})
	if err != nil {
		return err
	}
	if err := o.list(plan.Bundle); err != nil || o.bundle.dryRun {
		return err
	}
	files, err := o.bundledFiles(u, p)
	if err != nil {
		return err
	}
	observe, end := narrateTransfer(o.streams, "Fetched")
	err = plan.Fetch(ctx, o.bundle.dir, files, observe)
	end()
	if err != nil {
		return stoppedTransfer(err, "the bundle is incomplete")
	}
	flags := ""
	if u.plainHTTP {
		flags = " --plain-http"
	}
	fmt.Fprintf(o.streams.Err, "Wrote the bundle %s (%s). Copy it to the machine that runs the install, and run:\n"+
		"  %s install --bundle %s --image-registry REGISTRY%s\n",
		o.bundle.dir, display.Bytes(plan.Size), u.program, o.bundle.dir, flags)
	return nil
}

// list prints what the bundle contains.
func (o *generateOptions) list(b bundle.Bundle) error {
	if o.bundle.format == "json" {
		encoder := json.NewEncoder(o.streams.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(b)
	}
	return narrate.Bundle(o.streams.Out, b)
}

// bundledFiles are the values and the answers, unless they may contain secrets.
func (o *generateOptions) bundledFiles(u *setup, p *prepared) (map[string][]byte, error) {
	written, err := p.files(u, format.Values)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range written {
		if f.Sensitive || len(bundle.SensitiveValues(f.Bytes)) > 0 {
			fmt.Fprintf(o.streams.Err, "The values contain secrets, so the bundle does not contain %s.\n", f.Name)
			continue
		}
		files[bundle.ValuesFile] = f.Bytes
	}
	content, moved, sensitive := bundle.WriteAnswers(u.file.Answers)
	if len(sensitive) > 0 {
		fmt.Fprintf(o.streams.Err, "These answers may contain secrets, so the bundle does not contain %s: %s. "+
			"Copy the answers yourself, and pass them with -f.\n", bundle.AnswersFile, strings.Join(sensitive, ", "))
		return files, nil
	}
	for _, m := range moved {
		fmt.Fprintf(o.streams.Err, "%s is not in the bundle: set $%s for the install.\n", m.Key, m.Env)
	}
	files[bundle.AnswersFile] = content
	return files, nil
}

// narrateTransfer reports the progress of a transfer.
func narrateTransfer(s Streams, did string) (bundle.Observer, func()) {
	return narrate.Transfer(destination(s.Err), did, isTerminal(s.Err) && !s.Plain())
}

// bundleFlags select a bundle to install from.
type bundleFlags struct {
	dir      string
	registry string

	opened *bundle.Opened
	pushed bool
}

// registerBundle adds the flags that select a bundle. The commands share them.
func (c *common) registerBundle(cmd *cobra.Command) {
	if c.bundle == nil {
		c.bundle = &bundleFlags{}
	}
	f := c.bundle
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "bundle", "",
		"install from this folder with charts and images, which generate --bundle has written")
	flags.StringVar(&f.registry, "image-registry", "",
		"with --bundle: registry to push the images to, and to pull them from: HOST[:PORT][/PATH]")
	_ = cmd.MarkFlagDirname("bundle")
}

// isChosen reports whether a bundle is used.
func (f *bundleFlags) isChosen() bool { return f != nil && f.dir != "" }

// open opens and verifies the bundle, if one was given.
func (f *bundleFlags) open(ctx context.Context, s Streams, c common) error {
	switch {
	case f == nil || f.opened != nil:
		return nil
	case f.dir == "" && f.registry != "":
		return usagef("--image-registry works with --bundle only: add --bundle DIR")
	case f.dir == "":
		return nil
	case c.chart != "":
		return usagef("--chart and --bundle select different charts: remove one")
	}
	if f.registry != "" {
		if err := bundle.CheckRegistry(f.registry); err != nil {
			return usagef("--image-registry: %w", err)
		}
	}
	opened, err := bundle.Open(ctx, f.dir)
	if err != nil && ctx.Err() == nil {
		return usage(err)
	}
	if err != nil {
		return err
	}
	f.opened = opened
	fmt.Fprintf(s.Err, "Using bundle %s, verified: %s %s, %s and %s\n", f.dir, opened.Server().Name,
		opened.Server().Version, display.Count(len(opened.Charts), "chart"), display.Count(len(opened.Images), "image"))
	return nil
}

// answersFile is the answers file of the bundle, or "".
func (f *bundleFlags) answersFile() string {
	if !f.isChosen() {
		return ""
	}
	path := filepath.Join(f.dir, bundle.AnswersFile)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// apply lets answers use the charts of the bundle, and the registry of its images.
func (f *bundleFlags) apply(a *answers.Answers) error {
	if f == nil || f.opened == nil {
		return nil
	}
	a.Chart.Ref = f.opened.ChartFile(f.opened.Server().Name)
	charts := maps.Clone(a.Prerequisites.Charts)
	for _, c := range f.opened.Charts[1:] {
		if charts == nil {
			charts = map[string]string{}
		}
		charts[c.Name] = f.opened.ChartFile(c.Name)
	}
	a.Prerequisites.Charts = charts
	if f.registry == "" {
		return nil
	}
	if err := f.applyServerImage(a); err != nil {
		return err
	}
	return f.applyImageRegistry(a)
}

// applyServerImage sets the repository of the server's image. Another one in the answers
// is refused, unless it is where the bundle took the image from.
func (f *bundleFlags) applyServerImage(a *answers.Answers) error {
	at := slices.IndexFunc(f.opened.Images, func(i bundle.Image) bool { return i.Server })
	if at < 0 {
		return nil
	}
	image := f.opened.Images[at]
	source, err := bundle.ParseReference(image.Name)
	if err != nil {
		return usage(err)
	}
	target, err := f.opened.Target(image, f.registry)
	if err != nil {
		return usage(err)
	}
	chosen := a.Server.Image.Repository
	if chosen != "" && chosen != source.Named() && chosen != source.Repository && chosen != target.Repository {
		return usagef("server.image.repository is %s and --image-registry pushes the image to %s: remove one of them",
			chosen, target.Repository)
	}
	a.Server.Image.Repository = target.Repository
	return nil
}

// applyImageRegistry sets the registry of the prerequisites' images. Another one in the
// answers is refused, unless it is where the bundle took the images from.
func (f *bundleFlags) applyImageRegistry(a *answers.Answers) error {
	chosen := a.Prerequisites.ImageRegistry
	isSource := slices.ContainsFunc(f.opened.Images, func(i bundle.Image) bool {
		return !i.Server && strings.HasPrefix(i.Name, chosen+"/")
	})
	if registry := strings.TrimSuffix(f.registry, "/"); len(f.opened.Charts) > 1 {
		if chosen != "" && chosen != registry && !isSource {
			return usagef("prerequisites.imageRegistry is %s and --image-registry is %s: remove one of them", chosen, registry)
		}
		a.Prerequisites.ImageRegistry = registry
	}
	return nil
}

// isPushed reports whether the images of an open bundle are pushed to a registry.
func (f *bundleFlags) isPushed() bool { return f != nil && f.opened != nil && f.registry != "" }

// push pushes the images of the bundle to the registry that was given.
func (f *bundleFlags) push(ctx context.Context, s Streams, c common) error {
	if !f.isPushed() || f.pushed {
		return nil
	}
	registries, err := bundle.NewRegistries(c.plainHTTP)
	if err != nil {
		return usage(err)
	}
	observe, end := narrateTransfer(s, "Pushed")
	err = f.opened.Push(ctx, registries, f.registry, observe)
	end()
	if f.pushed = err == nil; f.pushed || errors.Is(err, context.Canceled) {
		return stoppedTransfer(err, "not all images are pushed")
	}
	return installError(err)
}

// supply looks up images for the checks; nil without a bundle.
func (f *bundleFlags) supply() func(string) check.Bundled {
	if f == nil || f.opened == nil {
		return nil
	}
	return func(name string) check.Bundled {
		image := f.opened.Image(name, f.registry)
		if image == nil {
			return check.Bundled{}
		}
		if f.registry == "" || f.pushed {
			return check.Bundled{Found: true} // its registry must have it
		}
		return check.Bundled{Found: true, Platforms: image.Platforms}
	}
}
