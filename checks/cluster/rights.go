package cluster

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// right is a permission that the install needs.
type right struct {
	group    string
	resource string // including the subresource: "pods/log"
	verb     string
	name     string // of a single object; empty for all
	cluster  bool   // the object has no namespace
}

func (r right) String() string {
	resource := r.resource
	if r.group != "" {
		resource += "." + r.group
	}
	return r.verb + " " + resource
}

// baseRight is a resource and its verbs.
type baseRight struct{ group, resource, verbs string }

var leaseRights = baseRight{"coordination.k8s.io", "leases", "get create update delete"}

// baseRights are the permissions that every install needs, in addition to those
// for the rendered objects.
var baseRights = []baseRight{
	// Helm stores its releases in Secrets, and the installer creates Secrets itself.
	{"", "secrets", "get list create update patch delete"},
	// The lock of the release.
	leaseRights,
	// The watch and the diagnosis read these.
	{"", "pods", "get list watch"},
	{"", "pods/log", "get"},
	{"", "events", "list watch"},
	{"", "persistentvolumeclaims", "get list watch"},
	{"", "services", "get list watch"},
	{"apps", "deployments", "get list watch"},
	{"apps", "replicasets", "get list watch"},
	{"batch", "jobs", "get list watch"},
	// Newer API servers require create for WebSockets, too.
	{"", "pods/portforward", "create"},
}

// rights derives the permissions that the install needs from its objects.
func rights(objects []manifest.Object, namespace string) []right {
	all := []right{{resource: "namespaces", verb: "get", name: namespace}}
	add := func(group, resource, verbs string, cluster bool) {
		for _, verb := range strings.Fields(verbs) {
			all = append(all, right{group: group, resource: resource, verb: verb, cluster: cluster})
		}
	}
	for _, s := range baseRights {
		add(s.group, s.resource, s.verbs, false)
	}
	for _, o := range objects {
		if o.Test() {
			continue
		}
		kind := o.GroupVersionKind()
		plural, _ := meta.UnsafeGuessKindToResource(kind)
		add(kind.Group, plural.Resource, "get create patch delete", release.ClusterKinds[kind.Kind])
	}
	slices.SortFunc(all, compareRights)
	return slices.Compact(all)
}

func compareRights(a, b right) int {
	return cmp.Or(
		cmp.Compare(boolRank(a.cluster), boolRank(b.cluster)), cmp.Compare(a.group, b.group),
		cmp.Compare(a.resource, b.resource), cmp.Compare(a.name, b.name),
		cmp.Compare(verbRank(a.verb), verbRank(b.verb)),
	)
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// verbRank sorts verbs in their usual order.
func verbRank(verb string) int {
	return slices.Index([]string{"get", "list", "watch", "create", "update", "patch", "delete"}, verb)
}
