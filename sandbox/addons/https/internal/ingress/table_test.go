package ingress

import (
	"crypto/tls"
	"regexp"
	"testing"
)

func TestTableFind(t *testing.T) {
	all := &table{routes: []route{
		{host: "", path: "/", kind: prefix, plain: true, secure: true, backend: "any"},
		{host: "*.example.com", path: "/", kind: prefix, plain: true, secure: true, backend: "wildcard"},
		{host: "zenml.example.com", path: "/", kind: prefix, plain: true, secure: true, backend: "root"},
		{host: "zenml.example.com", path: "/api", kind: prefix, plain: true, secure: true, backend: "api"},
		{host: "zenml.example.com", path: "/api/token", kind: exact, plain: true, backend: "solver"},
		{
			host:    "zenml.example.com",
			path:    "/x(/|$)(.*)",
			kind:    pattern,
			regex:   regexp.MustCompile("^/x(/|$)(.*)"),
			plain:   true,
			secure:  true,
			backend: "pattern",
		},
		{host: "secure.example.com", path: "/", kind: prefix, secure: true, backend: "secure"},
	}}
	for name, c := range map[string]struct {
		secure     bool
		host, path string
		want       string
	}{
		"other host":                    {false, "other.test", "/", "any"},
		"wildcard":                      {false, "shop.example.com", "/", "wildcard"},
		"a wildcard needs a name":       {false, "example.com", "/", "any"},
		"host":                          {true, "zenml.example.com", "/home", "root"},
		"longest prefix":                {true, "zenml.example.com", "/api/v1", "api"},
		"a prefix ends at a slash":      {true, "zenml.example.com", "/apix", "root"},
		"exact":                         {false, "zenml.example.com", "/api/token", "solver"},
		"exact, of a plain route":       {true, "zenml.example.com", "/api/token", "api"},
		"pattern":                       {true, "zenml.example.com", "/x/health", "pattern"},
		"plain request to secure route": {false, "secure.example.com", "/", "wildcard"},
	} {
		t.Run(name, func(t *testing.T) {
			found := all.find(c.secure, c.host, c.path)
			if found == nil || found.backend != c.want {
				t.Errorf("got %+v, want %s", found, c.want)
			}
		})
	}
	if found := (&table{}).find(false, "a.test", "/"); found != nil {
		t.Errorf("an empty table has a route: %+v", found)
	}
}

func TestTableCertificate(t *testing.T) {
	one, wild := &tls.Certificate{}, &tls.Certificate{}
	all := &table{certificates: map[string]*tls.Certificate{"zenml.example.com": one, "*.example.com": wild}}
	for name, want := range map[string]*tls.Certificate{
		"zenml.example.com": one, "ZenML.example.com": one, "a.example.com": wild,
		"example.com": nil, "b.a.example.com": nil, "": nil,
	} {
		if found := all.certificate(name); found != want {
			t.Errorf("certificate for %q is %p, want %p", name, found, want)
		}
	}
}
