package bundle

import (
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// Reference is the name of an image, split into its parts.
type Reference struct {
	Name        string // as a manifest has it
	Repository  string // with the registry: docker.io/zenmldocker/zenml-server
	Path        string // the name without the registry and the tag
	Tag, Digest string
}

// ParseReference splits the name of an image. A name without a registry is one of
// Docker Hub.
func ParseReference(image string) (Reference, error) {
	parsed, err := name.ParseReference(image)
	if err != nil {
		return Reference{}, fmt.Errorf("%q is not a valid image name: %w", image, err)
	}
	r := Reference{Name: image}
	r.Path, r.Digest, _ = strings.Cut(image, "@")
	if colon := strings.LastIndex(r.Path, ":"); colon > strings.LastIndex(r.Path, "/") {
		r.Path, r.Tag = r.Path[:colon], r.Path[colon+1:]
	}
	if host, path, found := strings.Cut(r.Path, "/"); found && isHost(host) {
		r.Path = path
	}
	if r.Tag == "" && r.Digest == "" {
		r.Tag = name.DefaultTag
	}
	registry := parsed.Context().RegistryStr()
	if registry == name.DefaultRegistry {
		registry = "docker.io"
	}
	r.Repository = registry + "/" + parsed.Context().RepositoryStr()
	return r, nil
}

// isHost reports whether the first part of an image name is a registry.
func isHost(part string) bool { return strings.ContainsAny(part, ".:") || part == "localhost" }

// Source is the full name, with the registry.
func (r Reference) Source() string { return r.with(r.Repository) }

// In returns the reference of the image in another registry, which may have a path.
func (r Reference) In(registry string) Reference {
	r.Repository = strings.TrimSuffix(registry, "/") + "/" + r.Path
	r.Name = r.with(r.Repository)
	return r
}

// below is the path below a registry that may have a path, too.
func (r Reference) below(registry string) string {
	if path, found := strings.CutPrefix(r.Named(), registry+"/"); found && registry != "" {
		return path
	}
	return r.Path
}

// Named is the name without tag and digest, as a manifest has it.
func (r Reference) Named() string {
	named, _, _ := strings.Cut(r.Name, "@")
	return strings.TrimSuffix(named, ":"+r.Tag)
}

// with adds tag and digest to a repository.
func (r Reference) with(repository string) string {
	if r.Tag != "" {
		repository += ":" + r.Tag
	}
	if r.Digest != "" {
		repository += "@" + r.Digest
	}
	return repository
}

// pull is the tag or digest to pull. A digest takes precedence.
func (r Reference) pull() string {
	if r.Digest != "" {
		return r.Digest
	}
	return r.Tag
}

// host is the registry.
func (r Reference) host() string {
	host, _, _ := strings.Cut(r.Repository, "/")
	return host
}

// CheckRegistry validates a registry to push to: HOST[:PORT][/PATH].
func CheckRegistry(registry string) error {
	trimmed := strings.TrimSuffix(registry, "/")
	host, _, _ := strings.Cut(trimmed, "/")
	_, err := name.NewRepository(trimmed + "/image")
	if err != nil || !isHost(host) || strings.Contains(registry, "://") {
		return fmt.Errorf("%q is not a registry: write it as HOST[:PORT][/PATH], such as registry.internal.example.com",
			registry)
	}
	return nil
}
