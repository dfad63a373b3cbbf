package install

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// A server can be installed closed: without Ingress, route or public Service. A
// Secret keeps the values that open it until somebody has activated it.
const (
	openingSuffix = "-opening"
	openingKey    = "values.yaml"
)

// OpeningSecret returns the Secret that marks a release as closed and keeps the
// values that open it.
func OpeningSecret(release string, values map[string]any) (corev1.Secret, error) {
	content, err := yaml.Marshal(values)
	if err != nil {
		return corev1.Secret{}, err
	}
	return corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: release + openingSuffix}, Data: map[string][]byte{openingKey: content},
	}, nil
}

// IsOpening reports whether a Secret marks a release as closed.
func IsOpening(s corev1.Secret, release string) bool {
	return s.Name == release+openingSuffix && ours(&s, release)
}

// OpeningValues returns the values that open a release, from the Secret that marks it as
// closed.
func OpeningValues(s corev1.Secret) (map[string]any, error) {
	var values map[string]any
	if err := yaml.Unmarshal(s.Data[openingKey], &values); err != nil {
		return nil, fmt.Errorf("secret %s/%s: %w", s.Namespace, s.Name, err)
	}
	return values, nil
}

// Closed reports whether a release was installed closed and is not open yet.
func (e *Engine) Closed(ctx context.Context, namespace, release string) (bool, error) {
	found, err := e.opening(ctx, namespace, release)
	return found != nil, err
}

// opening returns the Secret of a closed release, or nil.
func (e *Engine) opening(ctx context.Context, namespace, release string) (*corev1.Secret, error) {
	client, err := e.Access.Client()
	if err != nil {
		return nil, err
	}
	found, err := client.CoreV1().Secrets(namespace).Get(ctx, release+openingSuffix, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || err == nil && !ours(found, release) {
		return nil, nil
	}
	if err != nil {
		return nil, transport.WithoutURL(err)
	}
	return found, nil
}

// Open upgrades a closed release to the values that open it, with the chart that it
// was installed from. If the run is interrupted, the next one continues.
func (e *Engine) Open(
	ctx context.Context, namespace, release string, timeout time.Duration, observe event.Observer,
) (Outcome, error) {
	kept, err := e.opening(ctx, namespace, release)
	if err != nil || kept == nil {
		return Outcome{}, err
	}
	values, err := OpeningValues(*kept)
	if err != nil {
		return Outcome{}, err
	}
	stored, err := e.Release(ctx, namespace, release)
	if err != nil {
		return Outcome{}, err
	}
	if stored == nil || stored.stored.Chart == nil {
		return Outcome{}, fmt.Errorf("release %s not found in namespace %s: install it again", release, namespace)
	}
	outcome, err := e.Apply(ctx, Plan{
		Release: release, Namespace: namespace, Chart: chart.FromRelease(stored.stored.Chart), Values: values,
		Timeout: timeout, WaitForOther: true,
	}, observe)
	if err != nil {
		return outcome, err
	}
	return outcome, e.ForgetOpening(ctx, namespace, release)
}

// ForgetOpening marks a release as open.
func (e *Engine) ForgetOpening(ctx context.Context, namespace, release string) error {
	kept, err := e.opening(ctx, namespace, release)
	if err != nil || kept == nil {
		return err
	}
	client, err := e.Access.Client()
	if err != nil {
		return err
	}
	err = client.CoreV1().Secrets(namespace).Delete(ctx, kept.Name, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return secretError(kept, err)
}
