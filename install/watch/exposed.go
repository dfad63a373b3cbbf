package watch

import (
	"cmp"
	"context"
	"slices"
	"time"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/exposure"
)

// exposedEvery is how often routes and certificates are read. Their kinds are
// not part of Kubernetes, so no informer of it watches them.
const exposedEvery = 2 * time.Second

// readExposed reads the release's routes and certificates until ctx is done.
func (w *Watcher) readExposed(ctx context.Context) {
	ticker := time.NewTicker(exposedEvery)
	defer ticker.Stop()
	for {
		if w.phase.Load() {
			w.remember(w.exposedNow(ctx))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// remember stores what was read, and pokes the watcher if it is new.
func (w *Watcher) remember(found []exposure.Status) {
	w.mu.Lock()
	changed := !slices.Equal(found, w.exposed)
	w.exposed = found
	w.mu.Unlock()
	if changed {
		w.poke()
	}
}

func (w *Watcher) lastExposed() []exposure.Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.exposed
}

// exposedNow reads the HTTPRoutes of the release, and the Certificates of their Gateways
// and of its Ingresses.
func (w *Watcher) exposedNow(ctx context.Context) []exposure.Status {
	reader := exposure.Reader{Client: w.Client, Namespace: w.Namespace}
	var found []exposure.Status
	for o := range w.targets.objects {
		if o.Kind != "HTTPRoute" || o.Namespace != w.Namespace {
			continue
		}
		if s, ok := reader.Route(ctx, o.Name); ok {
			found = append(found, s)
		}
		for _, secret := range reader.ListenerSecrets(ctx, o.Name) {
			of := exposure.Reader{Client: w.Client, Namespace: secret.Namespace}
			if s, ok := certificate(ctx, of, secret.Name); ok {
				found = append(found, s)
			}
		}
	}
	for _, in := range ownObjects[*networkingv1.Ingress](w, "Ingress", true) {
		if len(in.Spec.TLS) == 0 {
			continue
		}
		if s, ok := certificate(ctx, reader, in.Spec.TLS[0].SecretName); ok {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b exposure.Status) int { return cmp.Compare(a.Object.Name, b.Object.Name) })
	return found
}

// certificate reads a Certificate or, if there is none, a Secret with an expired
// one. A missing Secret may still be created.
func certificate(ctx context.Context, reader exposure.Reader, name string) (exposure.Status, bool) {
	if s, ok := reader.Certificate(ctx, name); ok {
		return s, true
	}
	s, ok := reader.Secret(ctx, name)
	return s, ok && !s.Ready && s.Problem.Reason == diagnose.CertificateExpired
}

// exposure is the observation of a route or a certificate.
func (v view) exposure(s exposure.Status) observation {
	o := v.about(s.Object.Kind, s.Object.Name, event.Ready, "", s.Detail)
	o.Object = s.Object // a Gateway's certificate is in the namespace of the Gateway
	if s.Ready {
		return o
	}
	o.State, o.Message = event.Waiting, diagnose.Shorten(s.Problem.Text)
	return o.diagnosed(s.Problem)
}
