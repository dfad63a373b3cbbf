package gatewayapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write crds.json.gz")

// TestCRDs compares the embedded CRDs with those of the module.
func TestCRDs(t *testing.T) {
	want := published(t)
	if *update {
		if err := os.WriteFile("crds.json.gz", compress(t, want), 0o644); err != nil { //nolint:gosec // public
			t.Fatal(err)
		}
		return
	}
	if got, err := unpack(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the embedded CRDs are not those of %s (%d bytes, want %d; %v): run go test ./internal/gatewayapi -update",
			Version, len(got), len(want), err)
	}
	crds, err := CRDs()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range crds {
		names = append(names, c.GetName())
		if version := c.GetAnnotations()["gateway.networking.k8s.io/bundle-version"]; version != Version {
			t.Errorf("%s has version %s", c.GetName(), version)
		}
	}
	for _, resource := range []string{Gateways.Resource, GatewayClasses.Resource, HTTPRoutes.Resource} {
		if !slices.Contains(names, resource+"."+Group) {
			t.Errorf("%s is missing in %q", resource, names)
		}
	}
}

// published returns the standard channel of the module that internal/peers/gatewayapi
// requires, as a JSON list.
func published(t *testing.T) []byte {
	t.Helper()
	command := exec.Command("go", "mod", "download", "-json", "sigs.k8s.io/gateway-api")
	command.Dir = filepath.Join("..", "peers", "gatewayapi")
	out, err := command.Output()
	var module struct{ Dir, Version string }
	if err != nil || json.Unmarshal(out, &module) != nil || module.Dir == "" {
		t.Fatalf("go mod download: %v\n%s", err, out)
	}
	if module.Version != Version {
		t.Errorf("internal/peers/gatewayapi requires %s, want %s, which Traefik's chart names", module.Version, Version)
	}
	files, err := filepath.Glob(filepath.Join(module.Dir, "config", "crd", "standard", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var crds []map[string]any
	for _, file := range files {
		var object map[string]any
		data, err := os.ReadFile(file) //nolint:gosec // a module's own file
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, &object); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if object["kind"] == "CustomResourceDefinition" {
			crds = append(crds, object)
		}
	}
	list, err := json.Marshal(crds)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func compress(t *testing.T, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	writer, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
