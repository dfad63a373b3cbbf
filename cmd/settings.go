package cmd

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/expose"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// surroundings are what the values need besides answers and chart.
type surroundings struct {
	settings values.Settings
	release  *install.Release // nil if there is none, or without a cluster
	online   bool             // the cluster was asked
	installs bool             // for an install, not only for the checks
	closed   bool             // the release is not exposed yet
	jwt      secret.Text      // the key that the installer gave to the chart, if any
	kept     []corev1.Secret  // what a previous install created
}

// settingsSource collects the surroundings.
type settingsSource func(context.Context) (surroundings, error)

// offline needs no cluster, except for addresses that the answers leave to it.
// It reuses generated keys in the output that will be overwritten, and
// otherwise generates new ones.
func (u *setup) offline(ctx context.Context) (surroundings, error) {
	s := values.Settings{Local: u.local, Keys: values.GenerateKeys(u.answers, u.existingKeys)}
	err := u.addRouteAddress(ctx, &s)
	return surroundings{settings: s}, err
}

// online queries the cluster for what the values need, and reuses the keys of a
// previous install. It fails rather than lose a key.
func (u *setup) online(ctx context.Context) (surroundings, error) {
	s := values.Settings{Local: u.local, Lookup: func(ref answers.SecretRef) (secret.Text, error) {
		return u.clusterSecret(ctx, ref)
	}}
	kept, err := u.keptSecrets(ctx)
	if err != nil {
		return surroundings{settings: s}, err
	}
	s.Keys = values.GenerateKeys(u.answers, kept)
	release, err := u.engine.Release(ctx, u.answers.Cluster.Namespace, u.answers.Cluster.Release)
	if err != nil {
		return surroundings{settings: s}, err
	}
	err = u.addAddresses(ctx, &s)
	return surroundings{
		settings: s, release: release, online: true, installs: err == nil, jwt: u.keptJWTKey(kept), kept: kept,
		closed: slices.ContainsFunc(kept, func(s corev1.Secret) bool {
			return install.IsOpening(s, u.answers.Cluster.Release)
		}),
	}, err
}

// tentative is online, without an error if the cluster is unreachable: the
// preflight checks report it.
func (u *setup) tentative(ctx context.Context) (surroundings, error) {
	s, err := u.online(ctx)
	s.installs = false
	if err == nil || ctx.Err() != nil {
		return s, context.Cause(ctx)
	}
	if s.settings.Keys == nil {
		s.settings.Keys = values.GenerateKeys(u.answers, nil)
	}
	return s, nil
}

// addAddresses determines the addresses that some answers leave to the cluster.
func (u *setup) addAddresses(ctx context.Context, s *values.Settings) error {
	if u.answers.Proxy.HTTP != "" || u.answers.Proxy.HTTPS != "" {
		ranges, err := u.cluster.Ranges(ctx)
		if err != nil {
			return err
		}
		s.NoProxy = ranges
	}
	return u.addRouteAddress(ctx, s)
}

func (u *setup) addRouteAddress(ctx context.Context, s *values.Settings) error {
	if !u.answers.Expose.Host.NipIO {
		return nil
	}
	address, err := expose.RouteAddress(ctx, u.checksEnv(0))
	if err != nil {
		return usage(
			u.file.Locate(
				answers.Faults{
					{
						Key:     "expose.host",
						Summary: err.Error(),
						Remedy: "nip.io needs the ingress controller's address; install the controller, or set " +
							"expose.host to a host name",
					},
				},
			),
		)
	}
	s.Address = address
	return nil
}

// chosenValues returns the values of a release as its answers gave them: with what
// exposes a server that is still closed, and without the key that the installer added.
func (u *setup) chosenValues(ctx context.Context, release *install.Release) map[string]any {
	kept, err := u.keptSecrets(ctx)
	if err != nil {
		return release.Values // the Secrets cannot be read
	}
	chosen := release.Values
	for _, s := range kept {
		if install.IsOpening(s, release.Name) {
			if opened, err := install.OpeningValues(s); err == nil {
				chosen = opened
			}
		}
	}
	return values.WithoutJWTKey(chosen, u.keptJWTKey(kept))
}

// keptSecrets returns the Secrets that a previous install of this release created.
func (u *setup) keptSecrets(ctx context.Context) ([]corev1.Secret, error) {
	client, err := u.cluster.Client()
	if err != nil {
		return nil, err
	}
	found, err := client.CoreV1().Secrets(u.answers.Cluster.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: metav1.FormatLabelSelector(
			&metav1.LabelSelector{MatchLabels: manifest.Labels(u.answers.Cluster.Release)},
		),
	})
	if err != nil && !apierrors.IsNotFound(err) {
		return nil, err
	}
	return found.Items, nil
}
