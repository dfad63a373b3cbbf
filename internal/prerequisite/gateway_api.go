package prerequisite

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// CRDs is the resource of CustomResourceDefinitions.
var CRDs = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1",
	Resource: "customresourcedefinitions"}

// metadataOnly requests a list without the content of its objects.
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

// crdMetadata returns the metadata of the cluster's CRDs of the Gateway API.
func crdMetadata(ctx context.Context, client kubernetes.Interface) ([]metav1.PartialObjectMetadata, error) {
	body, err := client.Discovery().RESTClient().Get().SetHeader("Accept", metadataOnly).
		AbsPath("/apis", CRDs.Group, CRDs.Version, CRDs.Resource).DoRaw(ctx)
	if err != nil {
		return nil, err
	}
	var list metav1.PartialObjectMetadataList
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list.Items, func(o metav1.PartialObjectMetadata) bool {
		return !strings.HasSuffix(o.Name, "."+gatewayapi.Group)
	}), nil
}

// MissingCRDs returns the CRDs of the Gateway API that an install of a controller has to
// create. It returns none if somebody else installed the API, in whatever version or
// part.
func MissingCRDs(ctx context.Context, client kubernetes.Interface) ([]unstructured.Unstructured, error) {
	existing, err := crdMetadata(ctx, client)
	if apierrors.IsForbidden(err) { // the API itself can be discovered
		if served, err := servesGroup(ctx, client, gatewayapi.Group); served || err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("read the CRDs of the Gateway API: %w", transport.WithoutURL(err))
	}
	names := map[string]bool{}
	for _, o := range existing {
		names[o.Name] = true
		if !IsOwn(o.Labels) {
			return nil, nil
		}
	}
	missing, err := gatewayapi.CRDs()
	if err != nil {
		return nil, err
	}
	missing = slices.DeleteFunc(missing, func(o unstructured.Unstructured) bool { return names[o.GetName()] })
	markOwn(missing)
	return missing, nil
}

// markOwn adds the label of what the installer created. The CRDs of policies have labels
// of their own.
func markOwn(crds []unstructured.Unstructured) {
	for i := range crds {
		labels := map[string]string{manifest.LabelManagedBy: manifest.Installer}
		maps.Copy(labels, crds[i].GetLabels())
		crds[i].SetLabels(labels)
	}
}

// OwnCRDs reports whether the installer created CRDs of the Gateway API.
func OwnCRDs(ctx context.Context, client kubernetes.Interface) bool {
	existing, err := crdMetadata(ctx, client)
	return err == nil && slices.ContainsFunc(existing, func(o metav1.PartialObjectMetadata) bool { return IsOwn(o.Labels) })
}

// watched are the resources that Traefik watches. Its Gateways stay Pending without one.
var watched = map[string][]string{
	"v1":      {"backendtlspolicies", "gatewayclasses", "gateways", "grpcroutes", "httproutes", "tlsroutes"},
	"v1beta1": {"referencegrants"},
}

// UnservedResources returns the resources of the Gateway API that Traefik needs and the
// cluster does not serve, such as "tlsroutes.v1".
func UnservedResources(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	var missing []string
	for version, resources := range watched {
		served, err := servedResources(ctx, client, gatewayapi.Group+"/"+version)
		if err != nil {
			return nil, err
		}
		for _, name := range resources {
			if !slices.Contains(served, name) {
				missing = append(missing, name+"."+version)
			}
		}
	}
	slices.Sort(missing)
	return missing, nil
}

func servedResources(ctx context.Context, client kubernetes.Interface, groupVersion string) ([]string, error) {
	list, err := bounded.Do(ctx, func() (*metav1.APIResourceList, error) {
		return client.Discovery().ServerResourcesForGroupVersion(groupVersion)
	})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the API %s of the cluster: %w", groupVersion, transport.WithoutURL(err))
	}
	var names []string
	for _, r := range list.APIResources {
		names = append(names, r.Name)
	}
	return names, nil
}

// InstallGatewayAPI is the command that installs or updates the CRDs of the Gateway API.
const InstallGatewayAPI = "kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/" +
	"download/" + gatewayapi.Version + "/standard-install.yaml"
