package cmd

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// targetOnly returns answers that say only where: for the commands that work
// on a release that is there.
func targetOnly(c common) (answers.File, error) {
	file := answers.File{Answers: answers.Answers{Version: answers.Version}}
	if err := c.overlay(&file.Answers); err != nil {
		return file, err
	}
	return file, nil
}

// onCluster puts together a command that works on a release that is there, and
// says in which cluster. A context that is not there is a mistake of usage,
// found before any cluster is asked.
func onCluster(s Streams, c common) (*setup, kube.Context, error) {
	file, err := targetOnly(c)
	if err != nil {
		return nil, kube.Context{}, err
	}
	u := newSetup(s, c, file, chart.Load)
	at, err := u.cluster.Context()
	if err != nil {
		return nil, at, usage(err)
	}
	return u, at, nil
}
