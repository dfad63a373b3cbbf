package install

import (
	"context"
	"fmt"
	"time"

	helmrelease "helm.sh/helm/v3/pkg/release"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	batchv1 "k8s.io/api/batch/v1"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// takeOver brings a release that a killed run left pending into a state from
// which Helm can continue. It keeps all keys. It never rolls back, because an
// older server cannot use a database that the killed run has migrated.
func (r *run) takeOver(ctx context.Context) error {
	left := r.outcome.Release
	if left == nil || !left.Pending() {
		return nil
	}
	if r.lock == nil || r.lock.Previous() == nil {
		return pendingError(left)
	}
	if err := r.awaitMigration(ctx, left); err != nil {
		return err
	}
	if helmrelease.Status(left.Status) == helmrelease.StatusUninstalling {
		return r.finishUninstall(ctx, left)
	}
	r.Emit(event.Notice{Text: fmt.Sprintf("revision %d of release %s is %s: marking it as failed and continuing "+
		"with an upgrade, which keeps all keys", left.Revision, left.Name, left.Status)})
	return r.markFailed(ctx, left)
}

// markFailed records that the operation on the release has failed, as Helm
// does.
func (r *run) markFailed(ctx context.Context, left *Release) error {
	config, err := r.engine.readConfig(ctx, left.Namespace)
	if err != nil {
		return err
	}
	left.stored.SetStatus(helmrelease.StatusFailed, fmt.Sprintf("the run was killed while the release was %s",
		left.Status))
	if err := config.Releases.Update(left.stored); err != nil {
		return fmt.Errorf("mark revision %d of release %s/%s as failed: %w", left.Revision, left.Namespace, left.Name,
			transport.WithoutURL(err))
	}
	left.Status = helmrelease.StatusFailed.String()
	r.unfinished = false
	return nil
}

// finishUninstall completes an uninstall that was killed. It keeps the
// installer's Secrets for the following install.
func (r *run) finishUninstall(ctx context.Context, left *Release) error {
	r.Emit(event.Notice{Text: fmt.Sprintf("the uninstall of release %s was killed: finishing it before the install",
		left.Name)})
	u := &removal{
		Emitter: r.Emitter, engine: r.engine, objects: kubeObjects{r.client, r.plan.Namespace},
		RemovalRequest: RemovalRequest{Namespace: r.plan.Namespace, Release: r.plan.Release},
	}
	if err := u.removeRelease(ctx); err != nil {
		return err
	}
	r.unfinished, r.outcome.Before, r.outcome.Release = false, nil, nil
	return r.render(ctx)
}

// awaitMigration waits for the killed run's running Jobs, because a migration
// that is stopped partway can leave the database between two versions.
func (r *run) awaitMigration(ctx context.Context, left *Release) error {
	objects, err := left.Objects()
	if err != nil {
		return err
	}
	for _, o := range manifest.Find(objects, "Job", "") {
		told := false
		err := pollPatiently(ctx, func() (bool, error) {
			job, err := r.client.BatchV1().Jobs(left.Namespace).Get(ctx, o.GetName(), metav1.GetOptions{})
			if apierrors.IsNotFound(err) || err == nil && !isWorking(job) {
				return true, nil
			}
			if err == nil && !told {
				told = true
				r.Emit(event.Notice{Text: fmt.Sprintf("waiting for Job %s of the killed run (running for %s)", job.Name,
					time.Since(job.CreationTimestamp.Time).Round(time.Second))})
			}
			return false, err
		})
		if err != nil {
			return fmt.Errorf("wait for Job %s of the killed run: %w", o.GetName(), err)
		}
	}
	return nil
}

// isWorking reports whether a pod of the Job is running.
func isWorking(job *batchv1.Job) bool {
	return kubestatus.JobCondition(job, batchv1.JobFailed) == nil &&
		kubestatus.JobCondition(job, batchv1.JobComplete) == nil && ptr.Deref(job.Status.Ready, 0) > 0
}
