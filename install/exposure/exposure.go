// Package exposure reads what the cluster reports about the objects that expose
// a server: its certificate, and its route at a Gateway. It reads without CRDs'
// clients, and ignores what the user cannot read.
package exposure

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
)

const (
	coreAPI        = "/api/v1"
	networkingAPI  = "/apis/networking.k8s.io/v1"
	certManagerAPI = "/apis/cert-manager.io/v1"
	acmeAPI        = "/apis/acme.cert-manager.io/v1"
	gatewayAPI     = "/apis/gateway.networking.k8s.io/v1"
)

// Reader reads the objects of a namespace.
type Reader struct {
	Client    kubernetes.Interface
	Namespace string
}

// Status is the state of an object that exposes the server.
type Status struct {
	Object  event.Object
	Ready   bool
	Detail  string           // describes a ready object
	Problem diagnose.Problem // why the object is not ready
}

// Diagnosis returns what is wrong with an object that is not ready.
func (s Status) Diagnosis() diagnose.Diagnosis {
	d, _ := diagnose.FromProblem(s.Problem)
	return d
}

// Text describes the problem of an object and what to do.
func (s Status) Text() string {
	d := s.Diagnosis()
	return s.Object.String() + ": " + d.Text() + "; " + d.Remedy
}

func (r Reader) object(kind, name string) event.Object {
	return event.Object{Kind: kind, Namespace: r.Namespace, Name: name}
}

// read reads an object or a list of the namespace. An empty namespace is for
// objects of the whole cluster.
func (r Reader) read(ctx context.Context, into any, api string, path ...string) error {
	full := []string{api}
	if r.Namespace != "" {
		full = append(full, "namespaces", r.Namespace)
	}
	body, err := r.Client.Discovery().RESTClient().Get().AbsPath(append(full, path...)...).DoRaw(ctx)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func condition(all []metav1.Condition, kind string) metav1.Condition {
	for _, c := range all {
		if c.Type == kind {
			return c
		}
	}
	return metav1.Condition{}
}
