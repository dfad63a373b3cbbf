package plan

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// Action is what an install does with an object.
type Action string

// The actions. They are public: the JSON form of a plan contains them.
const (
	Create    Action = "create"
	Change    Action = "change"
	Delete    Action = "delete"
	Unchanged Action = "unchanged"
	Run       Action = "run" // a hook, which Helm creates in every run
)

// Object is an object of a plan. Its JSON form is public.
type Object struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Action    Action `json:"action"`
	// Diff is a unified diff from the cluster to the plan. Data of Secrets and
	// other secrets are hashes that differ between plans.
	Diff string `json:"diff,omitempty"`
	// RestartsPods means that the object's pods are replaced.
	RestartsPods bool `json:"restartsPods,omitempty"`
	// Image is the image of a container that changes, if any.
	Image *ImageChange `json:"image,omitempty"`
	// AfterActivation means that the object exposes the server, and does so only once
	// the server is activated.
	AfterActivation bool `json:"afterActivation,omitempty"`
	// Note is why the object could not be compared, or only partly.
	Note string `json:"note,omitempty"`
}

// String returns the kind and name.
func (o Object) String() string { return o.Kind + " " + o.Name }

// IsWritten reports whether the install creates or changes the object.
func (o Object) IsWritten() bool { return o.Action == Create || o.Action == Change }

// Plan is what an install would change.
type Plan struct {
	Objects []Object
	Notes   []string // what could not be compared as a whole, and why
}

// Counts are the numbers of objects by action. Their JSON form is public.
type Counts struct {
	Created   int `json:"created"`
	Changed   int `json:"changed"`
	Deleted   int `json:"deleted"`
	Unchanged int `json:"unchanged"`
	Hooks     int `json:"hooks"`
}

// Counts counts the objects.
func (p Plan) Counts() Counts {
	var c Counts
	for _, o := range p.Objects {
		switch o.Action {
		case Create:
			c.Created++
		case Change:
			c.Changed++
		case Delete:
			c.Deleted++
		case Run:
			c.Hooks++
		default:
			c.Unchanged++
		}
	}
	return c
}

// Changes returns how many objects would be created, changed or deleted.
// Hooks do not count: they run again in every upgrade.
func (c Counts) Changes() int { return c.Created + c.Changed + c.Deleted }

// Changing returns the objects that the install writes.
func (p Plan) Changing() []Object {
	return slices.DeleteFunc(slices.Clone(p.Objects), func(o Object) bool { return o.Action == Unchanged })
}

// item is an object whose two states are known: in the cluster and as planned.
type item struct {
	Object
	before, after *unstructured.Unstructured // nil if it does not exist
}

// Compute compares a dry run with the cluster. What this user may not read is
// named in the plan; it is no error.
func Compute(ctx context.Context, access *kube.Access, dry install.DryRun) (Plan, error) {
	c, err := newComparison(access, dry)
	if err != nil {
		return Plan{}, err
	}
	c.namespace()
	c.installerSecrets()
	for _, o := range hooksFirst(dry) {
		if err := c.object(ctx, o); err != nil {
			return Plan{}, err
		}
	}
	if err := c.deleted(ctx); err != nil {
		return Plan{}, err
	}
	return Plan{Objects: c.finished(), Notes: c.notes()}, nil
}

// hooksFirst returns the objects that an install writes, hooks that run before
// it first.
func hooksFirst(dry install.DryRun) []manifest.Object {
	var before, objects, after []manifest.Object
	for _, o := range dry.Objects {
		hooks := o.Hooks()
		switch {
		case len(hooks) == 0:
			objects = append(objects, o)
		case slices.Contains(hooks, event(dry, "pre")):
			before = append(before, o)
		case slices.Contains(hooks, event(dry, "post")):
			after = append(after, o)
		}
	}
	return slices.Concat(before, objects, after)
}

// event returns the name of Helm's hook event.
func event(dry install.DryRun, when string) string {
	if dry.Upgrades() {
		return when + "-upgrade"
	}
	return when + "-install"
}

// notes are about the plan as a whole.
func (c *comparison) notes() []string {
	var notes []string
	if c.dry.Offline != nil {
		notes = append(notes, fmt.Sprintf("The chart was rendered without the cluster, so values that it looks up or "+
			"generates may be shown as changed: %v", c.dry.Offline))
	}
	if c.dry.Namespace == install.Unknown {
		notes = append(notes, fmt.Sprintf("Cannot read namespace %s: it is created if it does not exist.",
			c.dry.Plan.Namespace))
	}
	if c.local {
		notes = append(notes, "No permission for a dry run of the changes: they are computed on this machine, without "+
			"the defaults that the API server adds.")
	}
	return notes
}
