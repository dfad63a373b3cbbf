package plan

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// comparison collects the objects of a plan.
type comparison struct {
	dry    install.DryRun
	client dynamic.Interface
	mapper meta.RESTMapper
	old    []manifest.Object // of the deployed release
	items  []item
	local  bool // changes were computed without the API server
}

func newComparison(access *kube.Access, dry install.DryRun) (*comparison, error) {
	c := &comparison{dry: dry}
	config, err := access.Config()
	if err != nil {
		return nil, err
	}
	if c.client, err = dynamic.NewForConfig(config); err != nil {
		return nil, err
	}
	if c.mapper, err = access.Getter().ToRESTMapper(); err != nil {
		return nil, err
	}
	if dry.Upgrades() {
		c.old, err = dry.Before.Objects()
	}
	return c, err
}

func (c *comparison) add(action Action, before, after *unstructured.Unstructured, note string) *item {
	o := after
	if o == nil {
		o = before
	}
	c.items = append(c.items, item{
		Object: Object{Kind: o.GetKind(), Namespace: o.GetNamespace(), Name: o.GetName(), Action: action, Note: note},
		before: before, after: after,
	})
	return &c.items[len(c.items)-1]
}

// namespace adds the namespace if it is missing.
func (c *comparison) namespace() {
	if c.dry.Namespace != install.Missing {
		return
	}
	o := &unstructured.Unstructured{}
	o.SetAPIVersion("v1")
	o.SetKind("Namespace")
	o.SetName(c.dry.Plan.Namespace)
	c.add(Create, nil, o, "")
}

// installerSecrets adds the Secrets that the installer writes itself.
func (c *comparison) installerSecrets() {
	for _, s := range c.dry.Secrets {
		after := asUnstructured(&s.Wanted)
		switch s.Presence {
		case install.Missing:
			c.add(Create, nil, after, "")
		case install.Unknown:
			c.add(Change, nil, after, "cannot be compared: no permission to read it")
		case install.Exists:
			c.compare(asUnstructured(s.Found), overlaid(s), "")
		}
	}
}

// overlaid is a Secret after the update, which replaces its data, labels and
// annotations.
func overlaid(s install.PlannedSecret) *unstructured.Unstructured {
	after := s.Found.DeepCopy()
	after.Labels, after.Annotations = s.Wanted.Labels, s.Wanted.Annotations
	after.Type, after.Data = s.Wanted.Type, map[string][]byte{}
	for key, value := range s.Wanted.Data {
		after.Data[key] = value
	}
	for key, value := range s.Wanted.StringData {
		after.Data[key] = []byte(value)
	}
	return asUnstructured(after)
}

func asUnstructured(s *corev1.Secret) *unstructured.Unstructured {
	content, _ := runtime.DefaultUnstructuredConverter.ToUnstructured(s) // every Secret can be converted
	o := &unstructured.Unstructured{Object: content}
	o.SetAPIVersion("v1")
	o.SetKind("Secret")
	return o
}

// compare adds an object as changed or unchanged.
func (c *comparison) compare(before, after *unstructured.Unstructured, note string) {
	action := Change
	if sameContent(before, after) {
		action = Unchanged
	}
	added := c.add(action, before, after, note)
	added.RestartsPods = action == Change && hasPodTemplate(before) && !samePodTemplate(before, after)
	if added.RestartsPods {
		added.Image = imageChange(before, after)
	}
}

// object adds an object of the chart.
func (c *comparison) object(ctx context.Context, o manifest.Object) error {
	planned := owned(o, c.dry.Plan)
	live, err := c.get(ctx, planned)
	switch {
	case apierrors.IsForbidden(err):
		c.add(unreadable(o, c.dry), nil, planned, "cannot be compared: no permission to read it")
		return nil
	case meta.IsNoMatchError(err):
		note := fmt.Sprintf("the cluster does not know kind %s: install what defines it first", o.GetKind())
		if c.dry.Plan.InstallsGatewayAPI() && planned.GroupVersionKind().Group == gatewayapi.Group {
			note = "the install creates its CRD first"
		}
		c.add(Create, nil, planned, note)
		return nil
	case err != nil && !apierrors.IsNotFound(err):
		return fmt.Errorf("compare %s %s: %w", o.GetKind(), o.GetName(), err)
	}
	isClaim := o.GetKind() == "PersistentVolumeClaim"
	switch {
	case len(o.Hooks()) > 0 && isClaim && live != nil:
		c.add(Unchanged, live, live, "it exists and is kept with its data")
	case len(o.Hooks()) > 0 && !isClaim:
		c.add(Run, c.oldHook(ctx, o, planned), planned, "")
	case live == nil:
		c.add(Create, nil, planned, "")
	default:
		return c.changed(ctx, o, live, planned)
	}
	return nil
}

// unreadable is the action for an object that cannot be read: it exists if the
// release has one of its name.
func unreadable(o manifest.Object, dry install.DryRun) Action {
	switch {
	case len(o.Hooks()) > 0:
		return Run
	case dry.Upgrades():
		return Change
	}
	return Create
}

// changed compares an existing object with its state after Helm's patch.
func (c *comparison) changed(ctx context.Context, o manifest.Object, live, planned *unstructured.Unstructured) error {
	after, note, err := c.patched(ctx, c.oldObject(o), live, planned)
	if err != nil {
		return fmt.Errorf("compare %s %s: %w", o.GetKind(), o.GetName(), err)
	}
	c.compare(live, after, note)
	return nil
}

// oldObject returns an object as the deployed release has it, or nil.
func (c *comparison) oldObject(o manifest.Object) *unstructured.Unstructured {
	for _, old := range manifest.Find(c.old, o.GetKind(), o.GetName()) {
		return owned(old, c.dry.Plan)
	}
	return nil
}

// oldHook returns a hook as the deployed release has it, or nil. A Secret among the hooks
// may have random values that the chart has rendered once for it and once for its other
// Secrets: those that the cluster has in the other Secrets are no change.
func (c *comparison) oldHook(ctx context.Context, o manifest.Object, planned *unstructured.Unstructured,
) *unstructured.Unstructured {
	old := c.oldObject(o)
	if old == nil || o.GetKind() != "Secret" {
		return old
	}
	for _, other := range c.dry.Objects {
		if other.GetKind() != "Secret" || len(other.Hooks()) > 0 {
			continue
		}
		if live, err := c.get(ctx, owned(other, c.dry.Plan)); err == nil {
			old = withKnown(old, planned, live)
		}
	}
	return old
}

// withKnown returns a Secret with the planned data where another Secret has the same.
func withKnown(old, planned, other *unstructured.Unstructured) *unstructured.Unstructured {
	known, _, _ := unstructured.NestedStringMap(other.Object, "data")
	after, _, _ := unstructured.NestedStringMap(planned.Object, "data")
	data, _, _ := unstructured.NestedStringMap(old.Object, "data")
	for key, value := range after {
		if _, had := data[key]; had && known[key] == value {
			data[key] = value
		}
	}
	if len(data) == 0 {
		return old
	}
	result := old.DeepCopy()
	_ = unstructured.SetNestedStringMap(result.Object, data, "data") // the data is a map already
	return result
}

// deleted adds the objects of the deployed release that the chart does not
// render any more.
func (c *comparison) deleted(ctx context.Context) error {
	for _, old := range c.old {
		if len(old.Hooks()) > 0 || old.GetAnnotations()["helm.sh/resource-policy"] == "keep" || c.isPlanned(old) {
			continue
		}
		live, err := c.get(ctx, owned(old, c.dry.Plan))
		switch {
		case apierrors.IsForbidden(err):
			c.add(Delete, owned(old, c.dry.Plan), nil, "cannot be compared: no permission to read it")
		case err == nil:
			c.add(Delete, live, nil, "")
		case !apierrors.IsNotFound(err) && !meta.IsNoMatchError(err):
			return fmt.Errorf("compare %s %s: %w", old.GetKind(), old.GetName(), err)
		}
	}
	return nil
}

func (c *comparison) isPlanned(old manifest.Object) bool {
	return slices.ContainsFunc(manifest.Find(c.dry.Objects, old.GetKind(), old.GetName()), func(o manifest.Object) bool {
		return len(o.Hooks()) == 0
	})
}

// get reads an object; it returns nil with an error that says why not.
func (c *comparison) get(ctx context.Context, o *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	resource, err := c.resource(o)
	if err != nil {
		return nil, err
	}
	live, err := resource.Get(ctx, o.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return live, nil
}

func (c *comparison) resource(o *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := o.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return c.client.Resource(mapping.Resource), nil
	}
	return c.client.Resource(mapping.Resource).Namespace(o.GetNamespace()), nil
}
