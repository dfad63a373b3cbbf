package install

import (
	"context"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
)

// Forward opens a local port that leads to a release's server.
func (e *Engine) Forward(
	ctx context.Context,
	request connect.ForwardRequest,
	observe event.Observer,
) (*connect.Tunnel, error) {
	return connect.Forward(ctx, e.Access, request, observe)
}

// Address finds where a deployed release is reached: by the server's URL in
// its values, else by its Ingress, its HTTPRoute or its Service, and by what
// the cluster says of them. Without any of these it is empty.
func (e *Engine) Address(ctx context.Context, namespace, release string) (connect.Address, error) {
	client, err := e.Access.Client()
	if err != nil {
		return connect.Address{}, err
	}
	stored, err := e.Release(ctx, namespace, release)
	if err != nil || stored == nil {
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

// serverURL is the URL that the values give the server, in either layout.
func (r *Release) serverURL() string {
	for _, root := range []string{"zenml", "server"} { // where both are there the chart lets zenml win
		if url, _, _ := unstructured.NestedString(r.Values, root, "serverURL"); url != "" {
			return strings.TrimSuffix(url, "/")
		}
	}
	return ""
}
