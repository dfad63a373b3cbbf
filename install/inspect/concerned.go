package inspect

import (
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// concerned recognizes the objects of a release by their names, because most of
// what an event is about may be deleted already.
type concerned struct {
	objects  map[[2]string]bool // kind and name
	patterns map[string][]*regexp.Regexp
}

// Suffixes that Kubernetes adds to the name of an owner.
const (
	hashSuffix   = `-[a-z0-9]{1,12}`
	randomSuffix = `-[a-z0-9]{5}`
)

func newConcerned(objects []manifest.Object) concerned {
	c := concerned{objects: map[[2]string]bool{}, patterns: map[string][]*regexp.Regexp{}}
	for _, o := range objects {
		kind, name := o.GetKind(), o.GetName()
		c.objects[[2]string{kind, name}] = true
		switch kind {
		case "Deployment":
			c.add("ReplicaSet", name, hashSuffix)
			c.add("Pod", name, hashSuffix+randomSuffix)
		case "Job":
			c.add("Pod", name, randomSuffix)
		case "Ingress":
			c.addCertificates(o)
		}
	}
	return c
}

// addCertificates adds what cert-manager makes for the Secrets of an Ingress.
func (c concerned) addCertificates(ingress manifest.Object) {
	list, _, _ := unstructured.NestedSlice(ingress.Object, "spec", "tls")
	for _, item := range list {
		tls, _ := item.(map[string]any)
		name, _ := tls["secretName"].(string)
		if name == "" {
			continue
		}
		c.objects[[2]string{"Certificate", name}] = true
		for _, kind := range []string{"CertificateRequest", "Order", "Challenge"} {
			c.add(kind, name, `(-[a-z0-9]+)*`)
		}
	}
}

func (c concerned) add(kind, name, suffix string) {
	c.patterns[kind] = append(c.patterns[kind], regexp.MustCompile("^"+regexp.QuoteMeta(name)+suffix+"$"))
}

func (c concerned) includes(kind, name string) bool {
	return c.objects[[2]string{kind, name}] ||
		slices.ContainsFunc(c.patterns[kind], func(p *regexp.Regexp) bool { return p.MatchString(name) })
}
