package checktest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// Serving returns access to the sandbox through a proxy that adds an API group.
func Serving(t *testing.T, c *testcluster.Cluster, group string) *kube.Access {
	t.Helper()
	return Proxied(t, c, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/apis/"+group {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"kind": "APIGroup", "apiVersion": "v1", "name": "` + group + `"}`))
		return true
	})
}

// ServiceAccount creates an account with these rules in a namespace and returns its
// access, with its own kubeconfig.
func ServiceAccount(t *testing.T, c *testcluster.Cluster, namespace string, rules ...rbacv1.PolicyRule) *kube.Access {
	t.Helper()
	client, name := c.Client(t), "restricted"
	ctx, meta := t.Context(), metav1.ObjectMeta{Name: "restricted"}
	_, err := client.CoreV1().ServiceAccounts(namespace).Create(ctx, &corev1.ServiceAccount{ObjectMeta: meta},
		metav1.CreateOptions{})
	Must(t, err)
	_, err = client.RbacV1().Roles(namespace).Create(ctx, &rbacv1.Role{ObjectMeta: meta, Rules: rules},
		metav1.CreateOptions{})
	Must(t, err)
	_, err = client.RbacV1().RoleBindings(namespace).Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: name, Namespace: namespace}},
	}, metav1.CreateOptions{})
	Must(t, err)
	token, err := client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, &authenticationv1.TokenRequest{},
		metav1.CreateOptions{})
	Must(t, err)
	return Kubeconfig(t, c, func(config *clientcmdapi.Config) {
		for _, user := range config.AuthInfos {
			*user = clientcmdapi.AuthInfo{Token: token.Status.Token}
		}
	})
}

// Kubeconfig returns the access of a changed copy of the sandbox's kubeconfig.
func Kubeconfig(t *testing.T, c *testcluster.Cluster, change func(*clientcmdapi.Config)) *kube.Access {
	t.Helper()
	config, err := clientcmd.LoadFromFile(c.Kubeconfig)
	Must(t, err)
	change(config)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	Must(t, clientcmd.WriteToFile(*config, path))
	return AccessBy(path, "")
}

// Proxied returns access through a proxy. The proxy forwards a request unless
// answers returns true.
func Proxied(t *testing.T, c *testcluster.Cluster, answers func(http.ResponseWriter, *http.Request) bool) *kube.Access {
	t.Helper()
	config, err := c.Access().Config()
	Must(t, err)
	config = rest.CopyConfig(config)
	config.NextProtos = []string{"http/1.1"} // HTTP/2 has no upgrades
	transport, err := rest.TransportFor(config)
	Must(t, err)
	target, err := url.Parse(config.Host)
	Must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = transport
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return Kubeconfig(t, c, func(config *clientcmdapi.Config) {
		for _, cluster := range config.Clusters {
			*cluster = clientcmdapi.Cluster{Server: server.URL}
		}
	})
}

// AccessBy returns access with a kubeconfig file and one of its contexts.
func AccessBy(path, context string) *kube.Access {
	flags := kube.NewFlags()
	*flags.KubeConfig, *flags.Context = path, context
	return kube.New(flags)
}
