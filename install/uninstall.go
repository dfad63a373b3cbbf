package install

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"helm.sh/helm/v3/pkg/action"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// RemovalRequest selects what to remove.
type RemovalRequest struct {
	Namespace, Release string

	// DeleteKeys also removes the Secrets with encryption keys. Data that was
	// encrypted with such a key cannot be read without it.
	DeleteKeys bool

	// WaitForOther waits for another run that is changing the release.
	// Otherwise Uninstall returns a *runlock.HeldError.
	WaitForOther bool
}

// Removed is the result of Uninstall.
type Removed struct {
	Release *Release       // nil if there was none
	Objects []event.Object // removed: the release's objects, its hooks, and the installer's Secrets
	Kept    []event.Object // kept: volume claims with their data, and Secrets with encryption keys
}

// Uninstall removes a release in any state, its leftover hooks, and the Secrets
// that the installer created for it. It keeps PersistentVolumeClaims, any
// database, and Secrets with encryption keys. It waits until the objects are
// deleted; if ctx is done first, the next call continues.
func (e *Engine) Uninstall(ctx context.Context, request RemovalRequest, observe event.Observer) (Removed, error) {
	emitter := event.NewEmitter(observe)
	e = e.withRetries(emitter)
	client, err := e.Access.Client()
	if err != nil {
		return Removed{}, err
	}
	u := &removal{
		Emitter:        emitter,
		engine:         e,
		RemovalRequest: request,
		objects:        kubeObjects{client, request.Namespace},
	}
	lock, err := u.acquire(ctx)
	if err != nil {
		return u.removed, err
	}
	err = u.removeAll(ctx)
	releaseLock(ctx, lock, err != nil)
	return u.removed, err
}

// acquire locks the release, unless its namespace does not exist.
func (u *removal) acquire(ctx context.Context) (*runlock.Lock, error) {
	lock, err := acquire(ctx, u.Emit, runlock.Request{
		Client: u.objects.client, Namespace: u.Namespace, Release: u.Release, Wait: u.WaitForOther,
	})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return lock, err
}

// removeAll removes leftover hooks before the release: only the release names
// them, so that the next uninstall finds them if this one is killed.
func (u *removal) removeAll(ctx context.Context) error {
	for _, s := range []struct {
		step, title string
		run         func(context.Context) error
	}{
		{"release", "remove release " + u.Release, u.removeRelease},
		{"secrets", "remove the installer's Secrets", u.removeSecrets},
	} {
		if err := u.do(ctx, s.step, s.title, s.run); err != nil {
			return err
		}
	}
	claims, err := u.objects.claims(ctx, u.Release)
	u.removed.Kept = append(u.removed.Kept, claims...)
	return err
}

type removal struct {
	*event.Emitter
	RemovalRequest
	engine  *Engine
	objects kubeObjects
	removed Removed
}

func (u *removal) do(ctx context.Context, step, title string, run func(context.Context) error) error {
	u.Emit(event.StepStarted{Step: step, Title: title})
	begin := time.Now()
	err := run(ctx)
	u.Emit(event.StepFinished{Step: step, Err: err, Duration: time.Since(begin)})
	return err
}

func (u *removal) removeRelease(ctx context.Context) error {
	release, err := u.engine.Release(ctx, u.Namespace, u.Release)
	if err != nil || release == nil {
		return err
	}
	u.removed.Release = release
	objects, err := release.Objects()
	if err != nil {
		return err
	}
	if err := u.removeHooks(ctx, objects); err != nil {
		return err
	}
	waiter := &removalWaiter{ctx: ctx, emit: u.Emit}
	config, err := u.engine.writeConfig(ctx, u.Namespace, waiter)
	if err != nil {
		return err
	}
	uninstall := action.NewUninstall(config)
	uninstall.Wait = true
	done := make(chan error, 1)
	go func() { _, err := uninstall.Run(u.Release); done <- err }()
	if err := <-done; err != nil { // its waits end with ctx
		if ctx.Err() != nil {
			return fmt.Errorf("uninstall release %s/%s: %w (uninstall again to finish it)", u.Namespace, u.Release,
				cmp.Or(waiter.late, context.Cause(ctx)))
		}
		return fmt.Errorf("uninstall release %s/%s: %w", u.Namespace, u.Release, transport.WithoutURL(err))
	}
	for _, o := range objects {
		if len(o.Hooks()) > 0 {
			continue
		}
		u.removed.Objects = append(
			u.removed.Objects,
			event.Object{Kind: o.GetKind(), Namespace: u.Namespace, Name: o.GetName()},
		)
	}
	return nil
}

// removeHooks removes what Helm keeps after a failed hook: the migration Job,
// its ServiceAccount and its Secret, which contains the database's address.
func (u *removal) removeHooks(ctx context.Context, objects []manifest.Object) error {
	for _, o := range objects {
		if len(o.Hooks()) == 0 {
			continue
		}
		gone, err := u.objects.remove(ctx, o.GetKind(), o.GetName())
		if err != nil {
			return fmt.Errorf("%s %s/%s: %w", o.GetKind(), u.Namespace, o.GetName(), transport.WithoutURL(err))
		}
		if gone {
			u.removed.Objects = append(
				u.removed.Objects,
				event.Object{Kind: o.GetKind(), Namespace: u.Namespace, Name: o.GetName()},
			)
		}
	}
	return nil
}

func (u *removal) removeSecrets(ctx context.Context) error {
	mine, err := u.objects.secrets(ctx, u.Release)
	if err != nil {
		return err
	}
	for _, s := range mine {
		if holdsKey(s) && !u.DeleteKeys {
			u.removed.Kept = append(u.removed.Kept, secretObject(s))
			continue
		}
		err := u.objects.client.CoreV1().Secrets(u.Namespace).Delete(ctx, s.Name, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return secretError(&s, err)
		}
		u.removed.Objects = append(u.removed.Objects, secretObject(s))
	}
	return nil
}

// holdsKey reports whether one of the installer's Secrets contains an
// encryption key.
func holdsKey(s corev1.Secret) bool { return len(s.Data[manifest.EncryptionKey]) > 0 }

func secretObject(s corev1.Secret) event.Object {
	return event.Object{Kind: "Secret", Namespace: s.Namespace, Name: s.Name}
}
