package main

import (
	"context"
	"strings"

	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"
)

// pushLayout pushes the image of a layout to a repository, with the credentials of docker
// login. A version without a pre-release is the latest one. It returns the image's
// reference with its digest, which is what cosign signs.
func pushLayout(ctx context.Context, folder, tag, repository string) (string, error) {
	layout, err := oci.New(folder)
	if err != nil {
		return "", err
	}
	target, err := remote.NewRepository(repository)
	if err != nil {
		return "", err
	}
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return "", err
	}
	target.Client = &auth.Client{Client: retry.DefaultClient, Cache: auth.NewCache(),
		Credential: credentials.Credential(store)}
	target.PlainHTTP = isLocal(target.Reference.Host())
	pushed, err := oras.Copy(ctx, layout, tag, target, tag, oras.DefaultCopyOptions)
	if err == nil && !strings.Contains(tag, "-") {
		err = target.Tag(ctx, pushed, "latest")
	}
	return repository + "@" + pushed.Digest.String(), err
}

// isLocal returns true for a registry of this machine, which needs no TLS.
func isLocal(host string) bool {
	return strings.HasPrefix(host, "127.0.0.1:") || strings.HasPrefix(host, "localhost:")
}
