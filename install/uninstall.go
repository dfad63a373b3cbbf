package install

import (
	"context"
	"fmt"
	"time"

	"helm.sh/helm/v3/pkg/action"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// Removed is what Uninstall has taken away and what it has left.
type Removed struct {
	Release *Release // nil when there was none
	Objects []Object // gone: of the release, its hooks, and the installer's own Secrets
	Kept    []Object // still there: volume claims, with their data
}

// Uninstall removes a release in whatever state it is, what its hooks have
// left, and the Secrets that the installer made for it. Volume claims stay,
// and so does any database. It waits until the objects are gone; when ctx ends
// first, the next call goes on.
func (e *Engine) Uninstall(ctx context.Context, namespace, release string, observe Observer) (Removed, error) {
	client, err := e.Access.Client()
	if err != nil {
		return Removed{}, err
	}
	u := &removal{emitter: newEmitter(observe), engine: e, namespace: namespace, release: release, objects: kubeObjects{client, namespace}}
	if err := u.do(ctx, "release", "remove release "+release, u.removeRelease); err != nil {
		return u.removed, err
	}
	if err := u.do(ctx, "hooks", "remove what its hooks left", u.removeHooks); err != nil {
		return u.removed, err
	}
	err = u.do(ctx, "secrets", "remove the installer's Secrets", u.removeSecrets)
	if err != nil {
		return u.removed, err
	}
	u.removed.Kept, err = u.objects.claims(ctx, release)
	return u.removed, err
}

type removal struct {
	*emitter
	engine             *Engine
	namespace, release string
	objects            kubeObjects
	removed            Removed
	hooks              []manifest.Object
}

func (u *removal) do(ctx context.Context, step, title string, run func(context.Context) error) error {
	u.emit(StepStarted{Step: step, Title: title})
	begin := time.Now()
	err := run(ctx)
	u.emit(StepFinished{Step: step, Err: err, Duration: time.Since(begin)})
	return err
}

func (u *removal) removeRelease(ctx context.Context) error {
	release, err := u.engine.Release(ctx, u.namespace, u.release)
	if err != nil || release == nil {
		return err
	}
	u.removed.Release = release
	objects, err := release.Objects()
	if err != nil {
		return err
	}
	config, err := u.engine.writeConfig(u.namespace, &removalWaiter{ctx})
	if err != nil {
		return err
	}
	uninstall := action.NewUninstall(config)
	uninstall.Wait = true
	done := make(chan error, 1)
	go func() { _, err := uninstall.Run(u.release); done <- err }()
	if err := <-done; err != nil { // its waits end with ctx
		if ctx.Err() != nil {
			return fmt.Errorf("uninstall release %s/%s: %w", u.namespace, u.release, context.Cause(ctx))
		}
		return fmt.Errorf("uninstall release %s/%s: %w", u.namespace, u.release, bare(err))
	}
	for _, o := range objects {
		if hooks := o.Hooks(); len(hooks) > 0 {
			u.hooks = append(u.hooks, o)
			continue
		}
		u.removed.Objects = append(u.removed.Objects, Object{Kind: o.GetKind(), Namespace: u.namespace, Name: o.GetName()})
	}
	return nil
}

// removeHooks removes what a failed hook leaves behind: the migration Job and
// its Secret, which holds the database's address, and ServiceAccount. Helm
// leaves them where they are.
func (u *removal) removeHooks(ctx context.Context) error {
	for _, o := range u.hooks {
		gone, err := u.objects.remove(ctx, o.GetKind(), o.GetName())
		if err != nil {
			return fmt.Errorf("%s %s/%s: %w", o.GetKind(), u.namespace, o.GetName(), bare(err))
		}
		if gone {
			u.removed.Objects = append(u.removed.Objects, Object{Kind: o.GetKind(), Namespace: u.namespace, Name: o.GetName()})
		}
	}
	return nil
}

func (u *removal) removeSecrets(ctx context.Context) error {
	secrets := u.objects.client.CoreV1().Secrets(u.namespace)
	mine, err := secrets.List(ctx, metav1.ListOptions{LabelSelector: selectorOf(manifest.Labels(u.release))})
	if err != nil {
		return fmt.Errorf("secrets in namespace %s: %w", u.namespace, bare(err))
	}
	for _, s := range mine.Items {
		if err := secrets.Delete(ctx, s.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return secretError(&s, err)
		}
		u.removed.Objects = append(u.removed.Objects, Object{Kind: "Secret", Namespace: u.namespace, Name: s.Name})
	}
	return nil
}
