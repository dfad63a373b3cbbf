// Package kube accesses a cluster with kubectl's flags.
package kube

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"sync"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Access is a lazy connection to a cluster. It reads and sends nothing before
// it is used.
type Access struct {
	flags  *genericclioptions.ConfigFlags
	config func() (*rest.Config, error)
	client func() (kubernetes.Interface, error)
}

// QPS and Burst are the client-side rate limits. Preflight and the watches send
// short bursts, which client-go's defaults of 5 and 10 would throttle.
const (
	QPS   = 50
	Burst = 100
)

// NewFlags returns kubectl's flags with none set, for New.
func NewFlags() *genericclioptions.ConfigFlags {
	return genericclioptions.NewConfigFlags(true).WithWrapConfigFn(func(c *rest.Config) *rest.Config {
		c.QPS, c.Burst = QPS, Burst
		c.WarningHandler = rest.NoWarnings{} // they would be printed over the screens
		authenticate(c)
		return c
	})
}

// New returns access with flags from NewFlags. Several Access values may share
// the flags.
func New(flags *genericclioptions.ConfigFlags) *Access {
	a := &Access{flags: flags}
	a.config = sync.OnceValues(flags.ToRESTConfig)
	a.client = sync.OnceValues(func() (kubernetes.Interface, error) {
		config, err := a.config()
		if err != nil {
			return nil, err
		}
		return kubernetes.NewForConfig(config)
	})
	return a
}

// Getter returns the client getter that Helm's and kubectl's libraries accept.
func (a *Access) Getter() genericclioptions.RESTClientGetter { return a.flags }

// Config returns the REST configuration. Callers must not modify it.
func (a *Access) Config() (*rest.Config, error) { return a.config() }

// Client returns the typed client.
func (a *Access) Client() (kubernetes.Interface, error) { return a.client() }

// Context describes a kubeconfig context.
type Context struct {
	Name      string
	Cluster   string
	Server    string // the API server's URL
	User      string
	Namespace string // the context's default namespace, often empty
	Current   bool
}

// Contexts lists the kubeconfig's contexts, sorted by name. It fails if there
// is no valid kubeconfig.
func (a *Access) Contexts() ([]Context, error) {
	raw, err := a.flags.ToRawKubeConfigLoader().RawConfig()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{Path: a.path()}
	}
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	return list(raw, deref(a.flags.Context)), nil
}

// Context returns the selected context: that of --context, or the kubeconfig's
// current one.
func (a *Access) Context() (Context, error) {
	contexts, err := a.Contexts()
	if err != nil {
		return Context{}, err
	}
	for _, c := range contexts {
		if c.Current {
			c.Server = cmp.Or(deref(a.flags.APIServer), c.Server)
			return c, nil
		}
	}
	if name := deref(a.flags.Context); name != "" {
		return Context{},
			fmt.Errorf("context %q is not in the kubeconfig (kubectl config get-contexts lists them)", name)
	}
	if config, err := a.config(); err == nil && config.Host != clientcmd.ClusterDefaults.Server {
		return Context{Name: NoContext, Server: config.Host, Current: true}, nil // --server, or a pod's ServiceAccount
	}
	if path := a.missing(); path != "" {
		return Context{}, &MissingError{Path: path}
	}
	return Context{}, fmt.Errorf("no current context: choose one with --context or kubectl config use-context "+
		"(kubeconfig: %s)", a.path())
}

// NoContext is the name of the context where there is none: with --server, or in a pod.
const NoContext = "(none)"

// MissingError means that there is no kubeconfig.
type MissingError struct {
	Path string // where it was expected
}

func (e *MissingError) Error() string {
	return "there is no kubeconfig: " + e.Path + " does not exist. Specify one with --kubeconfig FILE, or download it " +
		"from your provider (such as aws eks update-kubeconfig)"
}

// missing is where kubectl expects a kubeconfig, if none of its files exists.
func (a *Access) missing() string {
	for _, path := range a.flags.ToRawKubeConfigLoader().ConfigAccess().GetLoadingPrecedence() {
		if _, err := os.Stat(path); err == nil {
			return ""
		}
	}
	return a.path()
}

// WithContext returns access to another context in the same kubeconfig.
func (a *Access) WithContext(name string) *Access { return New(a.FlagsFor(name)) }

// FlagsFor returns flags for a context in the same kubeconfig, or for the selected one if
// the name is empty. They share nothing with those of a, which keep the context that they
// were first used with. Another context has an API server and a user of its own.
func (a *Access) FlagsFor(name string) *genericclioptions.ConfigFlags {
	flags, others := NewFlags(), a.flags
	for _, f := range []struct{ to, from *string }{
		{flags.CacheDir, others.CacheDir}, {flags.KubeConfig, others.KubeConfig}, {flags.Namespace, others.Namespace},
		{flags.Impersonate, others.Impersonate}, {flags.ImpersonateUID, others.ImpersonateUID},
		{flags.BearerToken, others.BearerToken}, {flags.Timeout, others.Timeout}, {flags.CAFile, others.CAFile},
		{flags.CertFile, others.CertFile}, {flags.KeyFile, others.KeyFile}, {flags.TLSServerName, others.TLSServerName},
	} {
		copyValue(f.to, f.from)
	}
	if others.Insecure != nil {
		*flags.Insecure = *others.Insecure
	}
	if others.ImpersonateGroup != nil {
		*flags.ImpersonateGroup = slices.Clone(*others.ImpersonateGroup)
	}
	if others.ImpersonateUserExtra != nil {
		*flags.ImpersonateUserExtra = slices.Clone(*others.ImpersonateUserExtra)
	}
	if at, err := a.Context(); name == "" || err == nil && at.Name == name {
		copyValue(flags.APIServer, others.APIServer)
		copyValue(flags.ClusterName, others.ClusterName)
		copyValue(flags.AuthInfoName, others.AuthInfoName)
	}
	*flags.Context = cmp.Or(name, deref(others.Context))
	return flags
}

// WithTransport returns access to the same cluster whose requests go through the
// transport that wrap makes.
func (a *Access) WithTransport(wrap func(http.RoundTripper) http.RoundTripper) *Access {
	flags := NewFlags()
	configure := a.flags.WrapConfigFn
	flags.WithWrapConfigFn(func(c *rest.Config) *rest.Config {
		c = configure(c)
		c.Wrap(wrap)
		return c
	})
	shareFlags(flags, a.flags)
	return New(flags)
}

// shareFlags makes flags the same as others.
func shareFlags(flags, others *genericclioptions.ConfigFlags) {
	flags.CacheDir, flags.KubeConfig, flags.Context = others.CacheDir, others.KubeConfig, others.Context
	flags.ClusterName, flags.AuthInfoName, flags.Namespace = others.ClusterName, others.AuthInfoName, others.Namespace
	flags.APIServer, flags.TLSServerName, flags.Insecure = others.APIServer, others.TLSServerName, others.Insecure
	flags.CertFile, flags.KeyFile, flags.CAFile = others.CertFile, others.KeyFile, others.CAFile
	flags.BearerToken, flags.Username, flags.Password = others.BearerToken, others.Username, others.Password
	flags.Impersonate, flags.ImpersonateUID = others.Impersonate, others.ImpersonateUID
	flags.ImpersonateGroup, flags.ImpersonateUserExtra = others.ImpersonateGroup, others.ImpersonateUserExtra
	flags.Timeout, flags.DisableCompression = others.Timeout, others.DisableCompression
}

func (a *Access) path() string {
	return a.flags.ToRawKubeConfigLoader().ConfigAccess().GetDefaultFilename()
}

func copyValue(to, from *string) {
	if from != nil {
		*to = *from
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
