package install

import (
	"time"

	helmkube "helm.sh/helm/v3/pkg/kube"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/cli-runtime/pkg/resource"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// waiter replaces Helm's waits and can stop an operation.
type waiter interface {
	// proceed is called before objects are written; its error stops Helm.
	proceed() error
	// hooks waits until the Jobs and Pods among hook objects have succeeded.
	hooks(helmkube.ResourceList) error
	// ready waits until the release's objects are ready.
	ready(resources helmkube.ResourceList, withJobs bool) error
	// gone waits until the objects are deleted.
	gone(helmkube.ResourceList) error
	// kept is called for a volume claim that was not deleted.
	kept(event.Object)
}

// helmClient is Helm's Kubernetes client with two changes.
//
// It waits with a waiter: Helm's own waits cannot be cancelled, report no
// progress, and restart their timeout for each hook. An action whose context is
// cancelled continues in the background; an action whose wait returns an error
// ends properly and records the release as failed.
//
// It never deletes a volume claim that is a hook. The ZenML chart creates its
// claims in pre-upgrade hooks that Helm deletes and creates again, unless a
// lookup finds the claim. If the lookup found nothing, Helm would replace the
// database with an empty volume.
type helmClient struct {
	*helmkube.Client
	waiter waiter
}

// Create creates the objects, unless the run has ended. It keeps a hook's
// existing volume claim.
func (c *helmClient) Create(resources helmkube.ResourceList) (*helmkube.Result, error) {
	if err := c.waiter.proceed(); err != nil {
		return &helmkube.Result{}, err
	}
	var missing helmkube.ResourceList
	for _, info := range resources {
		exists, err := claimExists(info)
		if err != nil {
			return &helmkube.Result{}, err
		}
		if exists {
			c.waiter.kept(objectOf(info))
			continue
		}
		missing = append(missing, info)
	}
	if len(missing) == 0 {
		return &helmkube.Result{}, nil
	}
	return c.Client.Create(missing)
}

// Update updates original to target, unless the run has ended.
func (c *helmClient) Update(original, target helmkube.ResourceList, force bool) (*helmkube.Result, error) {
	if err := c.waiter.proceed(); err != nil {
		return &helmkube.Result{}, err
	}
	return c.Client.Update(original, target, force)
}

// Delete deletes hooks, except for volume claims.
func (c *helmClient) Delete(resources helmkube.ResourceList) (*helmkube.Result, []error) {
	resources = resources.Filter(notClaim)
	if len(resources) == 0 { // Helm reports an empty list as not found
		return &helmkube.Result{}, nil
	}
	return c.Client.Delete(resources)
}

// Wait waits until the objects are ready.
func (c *helmClient) Wait(resources helmkube.ResourceList, _ time.Duration) error {
	return c.waiter.ready(resources, false)
}

// WaitWithJobs waits until the objects are ready and the Jobs complete.
func (c *helmClient) WaitWithJobs(resources helmkube.ResourceList, _ time.Duration) error {
	return c.waiter.ready(resources, true)
}

// WatchUntilReady waits for hooks.
func (c *helmClient) WatchUntilReady(resources helmkube.ResourceList, _ time.Duration) error {
	return c.waiter.hooks(resources)
}

// WaitForDelete waits until the objects are deleted, except for volume claims.
func (c *helmClient) WaitForDelete(resources helmkube.ResourceList, _ time.Duration) error {
	return c.waiter.gone(resources.Filter(notClaim))
}

func notClaim(info *resource.Info) bool { return kindOf(info) != "PersistentVolumeClaim" }

// claimExists reports whether the object is an existing volume claim.
func claimExists(info *resource.Info) (bool, error) {
	if notClaim(info) {
		return false, nil
	}
	_, err := resource.NewHelper(info.Client, info.Mapping).Get(info.Namespace, info.Name)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

func kindOf(info *resource.Info) string {
	if info.Mapping == nil {
		return ""
	}
	return info.Mapping.GroupVersionKind.Kind
}

func objectOf(info *resource.Info) event.Object {
	return event.Object{Kind: kindOf(info), Namespace: info.Namespace, Name: info.Name}
}
