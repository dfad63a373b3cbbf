package cmd

import (
	"context"

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
	return u, at, u.login(ctx, s)
}
