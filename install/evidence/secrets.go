package evidence

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// errUnmasked is why logs are left out if a Secret cannot be read.
var errUnmasked = errors.New("a Secret of the release cannot be read, so its values cannot be masked")

// secretKey is a key of a Secret; an empty key means all of them.
type secretKey struct{ secret, key string }

// readSecrets teaches the redactor every secret of the release: in its values,
// in its Secrets, in those that the installer created, and in those that its
// pods reference.
func (c *collector) readSecrets(ctx context.Context) {
	if c.release != nil {
		for _, text := range secret.SensitiveTexts(nil, c.release.Values) {
			c.redactor.Add(text)
		}
		c.redactor.AddObjects(c.objects)
	}
	own, err := c.client.CoreV1().Secrets(c.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: metav1.FormatLabelSelector(
			&metav1.LabelSelector{MatchLabels: manifest.Labels(c.Release)}),
	})
	if err != nil {
		c.unreadable("Secrets of the installer", err)
	} else {
		for _, s := range own.Items {
			c.learn(s, "")
		}
	}
	c.readReferenced(ctx)
}

// readReferenced reads the Secrets that the pods reference.
func (c *collector) readReferenced(ctx context.Context) {
	known := map[string]*corev1.Secret{}
	for _, ref := range c.references() {
		s, read := known[ref.secret]
		if !read {
			var err error
			s, err = c.client.CoreV1().Secrets(c.Namespace).Get(ctx, ref.secret, metav1.GetOptions{})
			if err != nil {
				s = nil
				if !apierrors.IsNotFound(err) {
					c.unreadable("Secret "+ref.secret, err)
				}
			}
			known[ref.secret] = s
		}
		if s != nil {
			c.learn(*s, ref.key)
		}
	}
}

// unreadable records a Secret that cannot be read. Logs are left out then.
func (c *collector) unreadable(what string, err error) {
	c.unmasked = true
	c.missing(what, transport.WithoutURL(err))
}

// learn adds the values of a Secret to the redactor. What the chart puts into
// its own Secret includes settings, which stay readable.
func (c *collector) learn(s corev1.Secret, key string) {
	chartOwn := len(manifest.Find(c.objects, "Secret", s.Name)) > 0
	for name, value := range s.Data {
		if key != "" && key != name || chartOwn && !redact.IsSensitiveKey(name) {
			continue
		}
		c.redactor.Add(string(value))
	}
}

// references returns the Secrets that the pods reference, from their live specs
// and from the manifests, as a pod may not exist.
func (c *collector) references() []secretKey {
	var refs []secretKey
	for _, p := range c.pods {
		refs = append(refs, podReferences(p.Spec)...)
	}
	for _, kind := range []string{"Deployment", "Job"} {
		for _, o := range manifest.Find(c.objects, kind, "") {
			if spec, err := podSpec(o); err == nil {
				refs = append(refs, podReferences(spec)...)
			} else {
				c.missing(fmt.Sprintf("references of %s %s", kind, o.GetName()), err)
			}
		}
	}
	return refs
}
