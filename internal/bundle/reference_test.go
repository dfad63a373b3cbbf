package bundle

import "testing"

func TestParseReference(t *testing.T) {
	for image, want := range map[string][3]string{ // its source, its name in another registry, and without the tag
		"zenmldocker/zenml-server:0.98.1": {"docker.io/zenmldocker/zenml-server:0.98.1",
			"mirror.test:5000/a/zenmldocker/zenml-server:0.98.1", "zenmldocker/zenml-server"},
		"docker.io/traefik:v3.5.0": {"docker.io/library/traefik:v3.5.0", "mirror.test:5000/a/traefik:v3.5.0",
			"docker.io/traefik"},
		"registry.test:5000/team/server": {"registry.test:5000/team/server:latest", "mirror.test:5000/a/team/server:latest",
			"registry.test:5000/team/server"},
		"registry.k8s.io/ingress-nginx/controller:v1@sha256:" + zeros: {
			"registry.k8s.io/ingress-nginx/controller:v1@sha256:" + zeros,
			"mirror.test:5000/a/ingress-nginx/controller:v1@sha256:" + zeros, "registry.k8s.io/ingress-nginx/controller"},
	} {
		r, err := ParseReference(image)
		if got := [3]string{r.Source(), r.In("mirror.test:5000/a/").Name, r.Named()}; err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", image, got, want, err)
		}
	}
	if _, err := ParseReference("UPPER/case"); err == nil {
		t.Error("an invalid name is accepted")
	}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// TestReferenceBelow keeps the path of a registry out of the path of its images.
func TestReferenceBelow(t *testing.T) {
	r, err := ParseReference("mirror.test/proxy/jetstack/cert-manager-webhook:v1")
	if err != nil {
		t.Fatal(err)
	}
	for registry, want := range map[string]string{
		"mirror.test/proxy": "jetstack/cert-manager-webhook",
		"other.test":        "proxy/jetstack/cert-manager-webhook",
		"":                  "proxy/jetstack/cert-manager-webhook",
	} {
		if got := r.below(registry); got != want {
			t.Errorf("%q: %s, want %s", registry, got, want)
		}
	}
}

func TestCheckRegistry(t *testing.T) {
	for registry, valid := range map[string]bool{
		"registry.internal.example.com": true, "10.0.0.1:5000/mirror/": true, "localhost:5000": true,
		"https://registry.test": false, "mirror": false, "": false, "registry.test/UPPER": false,
	} {
		if err := CheckRegistry(registry); (err == nil) != valid {
			t.Errorf("%q: %v", registry, err)
		}
	}
}
