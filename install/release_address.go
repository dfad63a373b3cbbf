package install

import (
	"context"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
)

// Forward opens a local port that is forwarded to a release's server.
func (e *Engine) Forward(
	ctx context.Context,
	request connect.ForwardRequest,
	observe event.Observer,
) (*connect.Tunnel, error) {
	return connect.Forward(ctx, e.withRetries(event.NewEmitter(observe)).Access, request, observe)
}

// Address returns the address of a deployed release: the server's URL in its
// values, otherwise the address of its Ingress, HTTPRoute or Service. It is
// empty if there is none.
func (e *Engine) Address(ctx context.Context, namespace, release string) (connect.Address, error) {
	client, err := e.Access.Client()
	if err != nil {
		return connect.Address{}, err
	}
	stored, err := e.Release(ctx, namespace, release)
	if err != nil || stored == nil {
		return connect.Address{}, err
	}
	if closed, err := e.Closed(ctx, namespace, release); err != nil || closed {
		return connect.Address{}, err
	}
	objects, err := stored.Objects()
	if err != nil {
		return connect.Address{}, err
	}
	found, err := connect.FindAddress(ctx, client, namespace, objects)
	if url := stored.serverURL(); url != "" {
		found.URL, found.Pending, err = url, "", nil
	}
	return found, err
}

// serverURL returns the server's URL in the values of either layout.
func (r *Release) serverURL() string {
	for _, root := range []string{"zenml", "server"} { // zenml takes precedence in the chart
		if url, _, _ := unstructured.NestedString(r.Values, root, "serverURL"); url != "" {
			return strings.TrimSuffix(url, "/")
		}
	}
	return ""
}
