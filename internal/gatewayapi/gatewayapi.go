// Package gatewayapi contains the CRDs of the Gateway API, which the chart of no
// controller installs: Traefik's chart requires them in the cluster.
package gatewayapi

import (
	"bytes"
	"compress/gzip"
	_ "embed" // for the archive
	"encoding/json"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Version is the release of the CRDs: the one that Traefik's chart names. They are its
// standard channel, without the policy that restricts other versions.
const Version = "v1.5.1"

// Group is the API group of the CRDs.
const Group = "gateway.networking.k8s.io"

// The resources of the Gateway API that the installer uses.
var (
	Gateways       = schema.GroupVersionResource{Group: Group, Version: "v1", Resource: "gateways"}
	GatewayClasses = schema.GroupVersionResource{Group: Group, Version: "v1", Resource: "gatewayclasses"}
	HTTPRoutes     = schema.GroupVersionResource{Group: Group, Version: "v1", Resource: "httproutes"}
)

// crds.json.gz is a compressed list of the CRDs in the module sigs.k8s.io/gateway-api
// (Apache License 2.0). go test ./internal/gatewayapi -update writes it.
//
//go:embed crds.json.gz
var archive []byte

// CRDs returns the CRDs.
func CRDs() ([]unstructured.Unstructured, error) {
	unpacked, err := unpack()
	if err != nil {
		return nil, fmt.Errorf("unpack the CRDs of the Gateway API: %w", err)
	}
	var objects []map[string]any
	if err := json.Unmarshal(unpacked, &objects); err != nil {
		return nil, fmt.Errorf("read the CRDs of the Gateway API: %w", err)
	}
	crds := make([]unstructured.Unstructured, len(objects))
	for i := range objects {
		crds[i].Object = objects[i]
	}
	return crds, nil
}

func unpack() ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
