package kube

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/cli-runtime/pkg/genericclioptions"
)

const twoContexts = `apiVersion: v1
kind: Config
current-context: a
contexts:
- {name: a, context: {cluster: a}}
- {name: b, context: {cluster: b}}
clusters:
- {name: a, cluster: {server: "https://a.example.com"}}
- {name: b, cluster: {server: "https://b.example.com"}}
`

// withTwoContexts returns the flags for a kubeconfig with two clusters, which were used
// with its current context.
func withTwoContexts(t *testing.T, set func(*genericclioptions.ConfigFlags)) *Access {
	t.Helper()
	flags := NewFlags()
	*flags.KubeConfig = filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(*flags.KubeConfig, []byte(twoContexts), 0o600); err != nil {
		t.Fatal(err)
	}
	set(flags)
	a := New(flags)
	if _, err := a.Context(); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFlagsFor(t *testing.T) {
	for name, c := range map[string]struct{ server, context, want string }{
		"another context":                     {"", "b", "https://b.example.com"},
		"the current context":                 {"", "a", "https://a.example.com"},
		"no context":                          {"", "", "https://a.example.com"},
		"another context than that of server": {"https://c.example.com", "b", "https://b.example.com"},
		"the context of server":               {"https://c.example.com", "a", "https://c.example.com"},
		"no context besides server":           {"https://c.example.com", "", "https://c.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			before := withTwoContexts(t, func(f *genericclioptions.ConfigFlags) {
				*f.APIServer, *f.Impersonate = c.server, "me"
			})
			flags := before.FlagsFor(c.context)
			*flags.Namespace = "elsewhere"
			config, err := New(flags).Config()
			if err != nil || config.Host != c.want || config.Impersonate.UserName != "me" {
				t.Fatalf("%+v %v, want %s", config, err, c.want)
			}
			at, err := New(flags).Context()
			if err != nil || at.Server != c.want {
				t.Errorf("%+v %v, want %s", at, err, c.want)
			}
			if at, _ := before.Context(); at.Name != "a" || *before.flags.Namespace != "" {
				t.Errorf("the original flags have changed: %+v", at)
			}
		})
	}
}
