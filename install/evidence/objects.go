package evidence

import (
	"cmp"
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// object is what the cluster says about an object of the release.
type object struct {
	Kind       string    `json:"kind"`
	Name       string    `json:"name"`
	Namespace  string    `json:"namespace,omitempty"`
	Exists     bool      `json:"exists"`
	Created    time.Time `json:"created,omitzero"`
	Generation int64     `json:"generation,omitempty"`
	Status     any       `json:"status,omitempty"`
}

// addObjects adds the status in the cluster of every object of the release.
func (c *collector) addObjects(ctx context.Context) {
	if len(c.objects) == 0 {
		return
	}
	config, err := c.Engine.Access.Config()
	if err != nil {
		c.missing("objects", err)
		return
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		c.missing("objects", err)
		return
	}
	mapper, err := c.Engine.Access.Getter().ToRESTMapper()
	if err != nil {
		c.missing("objects", transport.WithoutURL(err))
		return
	}
	all := []object{}
	for _, o := range c.objects {
		found, err := c.object(ctx, client, mapper, o)
		if err != nil {
			c.missing(o.GetKind()+" "+o.GetName(), transport.WithoutURL(err))
			continue
		}
		all = append(all, found)
	}
	c.addJSON("objects.json", all)
}

func (c *collector) object(
	ctx context.Context, client dynamic.Interface, mapper meta.RESTMapper, o manifest.Object,
) (object, error) {
	found := object{Kind: o.GetKind(), Name: o.GetName()}
	kind := o.GroupVersionKind()
	mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return found, err
	}
	var resource dynamic.ResourceInterface = client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		found.Namespace = cmp.Or(o.GetNamespace(), c.Namespace)
		resource = client.Resource(mapping.Resource).Namespace(found.Namespace)
	}
	there, err := resource.Get(ctx, o.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	found.Exists, found.Created, found.Generation = true, there.GetCreationTimestamp().UTC(), there.GetGeneration()
	found.Status = there.Object["status"]
	return found, nil
}
