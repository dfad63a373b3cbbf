package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// targetOnly returns answers with only the target, for commands that work on an
// existing release.
func targetOnly(c common) (answers.File, error) {
	file := answers.File{Answers: answers.Answers{Version: answers.Version}}
	if err := c.overlay(&file.Answers); err != nil {
		return file, err
	}
	return file, nil
}

// onCluster prepares a command that works on an existing release, and returns
// the context. An unknown context is a usage error, found before any request.
func onCluster(ctx context.Context, s Streams, c common) (*setup, kube.Context, error) {
	file, err := targetOnly(c)
	if err != nil {
		return nil, kube.Context{}, err
	}
	u := newSetup(s, c, file, chart.Load)
	at, err := u.cluster.Context()
	if err != nil {
		return nil, at, usage(err)
	}
	if err := u.login(ctx, s); err != nil {
		return u, at, err
	}
	return u, at, u.nameSilence(ctx, at)
}

// nameSilence fails if ctx ends before the API server answers, and names what it waited
// for. Other errors are left to the requests that follow.
func (u *setup) nameSilence(ctx context.Context, at kube.Context) error {
	client, err := u.cluster.Client()
	if err != nil {
		return nil //nolint:nilerr // the next request fails, too
	}
	_, _ = serverVersion(ctx, client)
	cause := context.Cause(ctx)
	if errors.Is(cause, context.DeadlineExceeded) {
		return u.silent(at, cause)
	}
	return cause
}

// silent is the error for an API server that did not answer in time.
func (u *setup) silent(at kube.Context, cause error) error {
	if plugin := u.cluster.Plugin(); plugin != "" {
		return fmt.Errorf("the credential plugin %s or the API server at %s does not answer: %w", plugin, at.Server, cause)
	}
	return fmt.Errorf("the API server at %s does not answer: %w", at.Server, cause)
}
