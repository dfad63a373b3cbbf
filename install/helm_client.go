package install

import (
	"time"

	helmkube "helm.sh/helm/v3/pkg/kube"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/cli-runtime/pkg/resource"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// waiter is what Helm asks before it goes on, and who waits instead of it.
type waiter interface {
	// proceed is asked before objects are written; its error stops Helm there.
	proceed() error
	// hooks waits until Jobs and Pods among hook objects have succeeded.
	hooks(helmkube.ResourceList) error
	// ready waits until the release's objects are ready.
	ready(resources helmkube.ResourceList, withJobs bool) error
	// gone waits until the objects are deleted.
	gone(helmkube.ResourceList) error
	// kept is told of a volume claim that was left in place with its data.
	kept(event.Object)
}

// helmClient is Helm's Kubernetes client with two changes.
//
// Its waits are the waiter's: Helm's own cannot be cancelled, say nothing
// while they wait, and restart their timeout for each hook. An operation
// whose context is cancelled goes on behind Helm's back; one whose wait
// returns an error ends in order, with the release recorded as failed.
//
// And it never deletes a volume claim that is a hook. The ZenML chart makes its
// claims by pre-upgrade hooks that are deleted before they are generated again, and
// leaves them out where a lookup finds them; should that lookup find nothing,
// plain Helm would replace the database by an empty volume.
type helmClient struct {
	*helmkube.Client
	waiter waiter
}

// Create creates the objects, unless the run is over. A hook's volume claim
// that is there already is kept.
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

// Update changes original into target, unless the run is over.
func (c *helmClient) Update(original, target helmkube.ResourceList, force bool) (*helmkube.Result, error) {
	if err := c.waiter.proceed(); err != nil {
		return &helmkube.Result{}, err
	}
	return c.Client.Update(original, target, force)
}

// Delete deletes what Helm deletes before and after hooks, but no volume claim.
func (c *helmClient) Delete(resources helmkube.ResourceList) (*helmkube.Result, []error) {
	resources = resources.Filter(notClaim)
	if len(resources) == 0 { // which Helm takes for an object that was not found
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

// WaitForDelete waits until the objects are gone, volume claims apart.
func (c *helmClient) WaitForDelete(resources helmkube.ResourceList, _ time.Duration) error {
	return c.waiter.gone(resources.Filter(notClaim))
}

func notClaim(info *resource.Info) bool { return kindOf(info) != "PersistentVolumeClaim" }

// claimExists reports whether the object is a volume claim that is there.
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
