package install

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// issuers returns the client of ClusterIssuers.
func (e *Engine) issuers() (dynamic.NamespaceableResourceInterface, error) {
	return e.resource(prerequisite.ClusterIssuers)
}

// issuer reads a ClusterIssuer. It returns nil if there is none, or no cert-manager.
func (e *Engine) issuer(ctx context.Context, name string) (*unstructured.Unstructured, error) {
	issuers, err := e.issuers()
	if err != nil {
		return nil, err
	}
	found, err := issuers.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read ClusterIssuer %s: %w", name, transport.WithoutURL(err))
	}
	return found, nil
}

// ownIssuers returns the names of the ClusterIssuers that the installer created.
func (e *Engine) ownIssuers(ctx context.Context) []string {
	issuers, err := e.issuers()
	if err != nil {
		return nil
	}
	list, err := issuers.List(ctx, metav1.ListOptions{LabelSelector: manifest.LabelManagedBy + "=" + manifest.Installer})
	if err != nil {
		return nil
	}
	var names []string
	for _, i := range list.Items {
		names = append(names, i.GetName())
	}
	return names
}

// ensureIssuer creates the ClusterIssuer and waits until it is Ready. One that
// somebody else created is not changed.
func (r *run) ensureIssuer(ctx context.Context) error {
	wanted := r.plan.ClusterIssuer
	if wanted == nil {
		return nil
	}
	found, err := r.engine.issuer(ctx, wanted.GetName())
	if err != nil {
		return err
	}
	if found != nil && !prerequisite.IsOwn(found.GetLabels()) {
		r.Emit(event.Notice{Text: fmt.Sprintf("ClusterIssuer %s exists: it is not changed", wanted.GetName())})
		return nil
	}
	if err := r.putIssuer(ctx, found); err != nil {
		return err
	}
	return r.awaitIssuer(ctx)
}

// putIssuer creates the ClusterIssuer, or corrects the installer's own. The webhook
// rejects requests until its certificate is known to the API server.
func (r *run) putIssuer(ctx context.Context, found *unstructured.Unstructured) error {
	issuers, err := r.engine.issuers()
	if err != nil {
		return err
	}
	err = pollPatiently(ctx, func() (bool, error) {
		wanted := r.plan.ClusterIssuer.DeepCopy()
		var err error
		if found == nil {
			_, err = issuers.Create(ctx, wanted, metav1.CreateOptions{FieldManager: manifest.Installer})
		} else {
			wanted.SetResourceVersion(found.GetResourceVersion())
			_, err = issuers.Update(ctx, wanted, metav1.UpdateOptions{FieldManager: manifest.Installer})
		}
		return err == nil || apierrors.IsAlreadyExists(err), err
	})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("create ClusterIssuer %s: %w", r.plan.ClusterIssuer.GetName(), transport.WithoutURL(err))
	}
	return err
}

// issuerGrace is how long an issuer may report the same failure. cert-manager
// repeats the registration of the account.
const issuerGrace = 12 * time.Second

// awaitIssuer waits until the ClusterIssuer is Ready.
func (r *run) awaitIssuer(ctx context.Context) error {
	name := r.plan.ClusterIssuer.GetName()
	object := event.Object{Kind: "ClusterIssuer", Name: name}
	begin := time.Now()
	var last readiness
	return pollPatiently(ctx, func() (bool, error) {
		found, err := r.engine.issuer(ctx, name)
		if err != nil || found == nil {
			return false, err
		}
		now := issuerCondition(found)
		if now != last {
			last = now
			r.Emit(event.ObjectChanged{Object: object, State: now.state(), Reason: now.reason, Message: now.message,
				Since: time.Now()})
		}
		if now.failed && time.Since(begin) > issuerGrace {
			return false, &endOfWait{&diagnose.Fault{Object: object, Summary: "cert-manager cannot make it Ready",
				Reason: now.message, Remedy: issuerRemedy(now.message)}}
		}
		return now.isReady(), nil
	})
}

// readiness is the Ready condition of an issuer.
type readiness struct {
	ready, failed   bool
	reason, message string
}

func (r readiness) isReady() bool { return r.ready }

func (r readiness) state() event.State {
	if r.ready {
		return event.Ready
	}
	return event.Progressing
}

// issuerCondition reads the Ready condition for the issuer's current generation.
func issuerCondition(issuer *unstructured.Unstructured) readiness {
	conditions, _, _ := unstructured.NestedSlice(issuer.Object, "status", "conditions")
	for _, item := range conditions {
		c, _ := item.(map[string]any)
		observed, known := c["observedGeneration"].(int64)
		if c["type"] != "Ready" || known && observed != issuer.GetGeneration() {
			continue
		}
		reason, _ := c["reason"].(string)
		message, _ := c["message"].(string)
		return readiness{ready: c["status"] == "True", failed: c["status"] == "False", reason: reason, message: message}
	}
	return readiness{message: "waiting for cert-manager"}
}

// issuerRemedies are the remedies for messages of cert-manager and ACME servers.
var issuerRemedies = []struct{ text, remedy string }{
	{"invalidContact", "correct prerequisites.clusterIssuer.email: the ACME server rejects this address"},
	{"unsupportedContact", "correct prerequisites.clusterIssuer.email: the ACME server rejects this address"},
	{"contact email", "correct prerequisites.clusterIssuer.email: the ACME server rejects this address"},
	{"rateLimited", "wait until the ACME server's rate limit ends, or use its staging service"},
	{"externalAccount", "create the ClusterIssuer yourself: this ACME server needs an external account"},
	{"unknown authority", "the ACME server's certificate is from a CA that cert-manager does not trust: mount the CA with " +
		"prerequisites.values.cert-manager, or create the ClusterIssuer with a caBundle"},
	{"no such host", "the pods of cert-manager cannot resolve the ACME server: correct prerequisites.clusterIssuer.server " +
		"or the DNS of the cluster"},
	{"i/o timeout", "let the pods of cert-manager reach the ACME server, or give them a proxy with " +
		"prerequisites.values.cert-manager: {http_proxy: …, https_proxy: …}"},
	{"connection refused", "let the pods of cert-manager reach the ACME server, or correct " +
		"prerequisites.clusterIssuer.server"},
	{http.StatusText(http.StatusNotFound), "correct prerequisites.clusterIssuer.server: it is not an ACME directory"},
}

func issuerRemedy(message string) string {
	for _, r := range issuerRemedies {
		if strings.Contains(strings.ToLower(message), strings.ToLower(r.text)) {
			return r.remedy + ". Then run the same command again"
		}
	}
	return "look at its events and at the log of cert-manager, and run the same command again: " +
		"kubectl -n cert-manager logs deploy/cert-manager"
}
