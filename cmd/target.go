package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// targetOnly returns answers with only the target, for commands that work on an
// existing release.
func targetOnly(c common) (answers.File, error) {
	file := answers.File{Answers: answers.Answers{Version: answers.Version}}
	if err := c.overlay(&file.Answers); err != nil {
		return file, err
	}
	var faults answers.Faults
	for _, fault := range c.nameFlags(answers.Validate(file.Answers)) {
		if strings.HasPrefix(fault.Key, "--") {
			faults = append(faults, fault)
		}
	}
	if err := faults.Err(); err != nil {
		return file, usage(err)
	}
	return file, nil
}

// nameFlags names the flags instead of the answers' keys in faults of what flags set.
func (c common) nameFlags(faults answers.Faults) answers.Faults {
	named := slices.Clone(faults)
	for i, fault := range named {
		switch {
		case fault.Key == "cluster.namespace" && *c.kube.Namespace != "":
			named[i].Key = "--namespace"
		case fault.Key == "cluster.release" && c.release != "":
			named[i].Key = "--release"
		}
	}
	return named
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
	return u, at, u.reach(ctx, at)
}

// findRelease returns the release, or an error with what follows if it does not exist.
func (u *setup) findRelease(ctx context.Context, consequence string) (*install.Release, error) {
	at := u.answers.Cluster
	release, err := u.engine.Release(ctx, at.Namespace, at.Release)
	if err != nil || release != nil {
		return release, err
	}
	var others []string
	all, _ := u.engine.Releases(ctx, at.Namespace) // without the permission none is named
	for _, r := range all {
		others = append(others, r.Name)
	}
	return nil, u.notFoundError(ctx, others, consequence)
}

// notFoundError reports that a release does not exist.
type notFoundError struct{ text string }

func (e *notFoundError) Error() string { return e.text }

// notFoundError says what follows from the release's absence, and which releases there
// are. Others are those in the namespace.
func (u *setup) notFoundError(ctx context.Context, others []string, consequence string) error {
	at := u.answers.Cluster
	text := fmt.Sprintf("release %s not found in namespace %s: %s. ", at.Release, at.Namespace, consequence)
	if len(others) > 0 {
		return &notFoundError{text + "Releases in the namespace: " + strings.Join(others, ", ") +
			" (specify one with --release)"}
	}
	text += u.emptiness(ctx)
	if elsewhere := u.elsewhere(ctx); len(elsewhere) > 0 {
		return &notFoundError{text + ". ZenML is installed elsewhere in the cluster: specify " +
			strings.Join(elsewhere, ", or ")}
	}
	return &notFoundError{text + " (specify another with -n; helm list -A lists all releases)"}
}

// elsewhere returns the flags that specify the releases in the cluster; none if the user
// may not list them.
func (u *setup) elsewhere(ctx context.Context) []string {
	var flags []string
	releases, _ := u.engine.Releases(ctx, "")
	for _, r := range releases {
		flags = append(flags, fmt.Sprintf("-n %s --release %s", r.Namespace, r.Name))
	}
	return flags
}

// emptiness describes a namespace without releases, which may not exist.
func (u *setup) emptiness(ctx context.Context) string {
	name := u.answers.Cluster.Namespace
	if client, err := u.cluster.Client(); err == nil {
		_, err := client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return "Namespace " + name + " does not exist"
		}
	}
	return "The namespace has no releases"
}

// reach fails if the API server does not answer. Errors that it answers with are left to
// the requests that follow.
func (u *setup) reach(ctx context.Context, at kube.Context) error {
	client, err := u.cluster.Client()
	if err != nil {
		return nil //nolint:nilerr // the next request fails, too
	}
	_, err = serverVersion(ctx, client)
	cause := context.Cause(ctx)
	var answered apierrors.APIStatus
	switch {
	case errors.Is(cause, context.DeadlineExceeded):
		return u.silent(at, cause)
	case cause != nil || err == nil || errors.As(err, &answered):
		return cause
	}
	return fmt.Errorf("cannot connect to the API server at %s: %w. Start the cluster, or choose another context with "+
		"--context; `%s preflight --only cluster` explains more", at.Server, transport.WithoutURL(err), u.program)
}

// silent is the error for an API server that did not answer in time.
func (u *setup) silent(at kube.Context, cause error) error {
	if plugin := u.cluster.Plugin(); plugin != "" {
		return fmt.Errorf("the credential plugin %s or the API server at %s does not answer: %w", plugin, at.Server, cause)
	}
	return fmt.Errorf("the API server at %s does not answer: %w", at.Server, cause)
}
