package supply

import (
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// imageRegistry is a registry in this process, which may require a login.
type imageRegistry struct {
	address string
	login   *authn.AuthConfig
}

func newRegistry(t *testing.T, login *authn.AuthConfig) *imageRegistry {
	t.Helper()
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if login != nil && (user != login.Username || password != login.Password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			http.Error(
				w,
				`{"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}`,
				http.StatusUnauthorized,
			)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return &imageRegistry{address: strings.TrimPrefix(server.URL, "http://"), login: login}
}

// push stores an image for these architectures as zenml-server:tag: an index, or a
// single image for one architecture.
func (r *imageRegistry) push(t *testing.T, tag string, architectures ...string) {
	t.Helper()
	var options []remote.Option
	if r.login != nil {
		options = append(options, remote.WithAuth(authn.FromConfig(*r.login)))
	}
	ref, err := name.ParseReference(r.address + "/zenml-server:" + tag)
	checktest.Must(t, err)
	if len(architectures) == 1 {
		checktest.Must(t, remote.Write(ref, imageOf(t, architectures[0]), options...))
		return
	}
	var index v1.ImageIndex = empty.Index
	for _, a := range architectures {
		index = mutate.AppendManifests(
			index,
			mutate.IndexAddendum{
				Add:        imageOf(t, a),
				Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: a}},
			},
		)
	}
	checktest.Must(t, remote.WriteIndex(ref, index, options...))
}

func imageOf(t *testing.T, architecture string) v1.Image {
	t.Helper()
	image, err := random.Image(64, 1)
	checktest.Must(t, err)
	config, err := image.ConfigFile()
	checktest.Must(t, err)
	config.OS, config.Architecture = "linux", architecture
	image, err = mutate.ConfigFile(image, config)
	checktest.Must(t, err)
	return image
}

// withImage returns the environment of an install with that image.
func withImage(
	t *testing.T,
	access *kube.Access,
	namespace, repository, tag string,
	change ...func(map[string]any),
) *check.Env {
	t.Helper()
	return checktest.WithCluster(t, access, namespace, func(a *answers.Answers) {
		a.Values = map[string]any{
			"server": map[string]any{"image": map[string]any{"repository": repository, "tag": tag}},
		}
		for _, c := range change {
			c(a.Values)
		}
	})
}

func pullSecret(values map[string]any) {
	values["imagePullSecrets"] = []any{map[string]any{"name": "registry-login"}}
}

func TestImageTagsAndArchitectures(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	r := newRegistry(t, nil)
	r.push(t, "0.98.0", "amd64", "arm64")
	r.push(t, "0.98.1", "amd64")
	r.push(t, "0.90.0", "amd64")
	r.push(t, "0.98.2", "s390x", "ppc64le")
	report := func(tag string) check.Report {
		return look(t, withImage(t, c.Access(), namespace, r.address+"/zenml-server", tag), "supply.image")
	}
	checktest.Expect(t, report("0.98.0"), "supply.image", check.Pass, "amd64 and arm64")
	checktest.Expect(t, report("0.98.1"), "supply.image", check.Pass, "amd64")
	checktest.Expect(
		t,
		report("0.99.0"),
		"supply.image",
		check.Failed,
		"does not exist",
		"has the tags 0.98.2, 0.98.1 and 0.98.0",
		`tag: "0.98.2"`,
	)
	checktest.Expect(t, report("0.98.2"), "supply.image", check.Failed,
		"supports ppc64le and s390x, and the nodes are amd64")
	e := withImage(t, c.Access(), namespace, r.address+"/nothing-here", "1")
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Failed, "no such repository")
	e = withImage(t, nil, namespace, r.address+"/zenml-server", "0.98.2")
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Pass, "ppc64le and s390x")
}

func TestImageForSomeNodes(t *testing.T) {
	c := testcluster.Start(t)
	namespace, client := c.Namespace(t), c.Client(t)
	for _, architecture := range []string{"amd64", "arm64"} {
		node := &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{
				Name:   namespace + "-" + architecture,
				Labels: map[string]string{"pool": namespace, corev1.LabelArchStable: architecture},
			},
			Spec: corev1.NodeSpec{Unschedulable: true},
		}
		_, err := client.CoreV1().Nodes().Create(t.Context(), node, metav1.CreateOptions{})
		checktest.Must(t, err)
		t.Cleanup(func() {
			checktest.Must(t, client.CoreV1().Nodes().Delete(checktest.ContextOf(t), node.Name, metav1.DeleteOptions{}))
		})
	}
	r := newRegistry(t, nil)
	r.push(t, "1", "amd64")
	r.push(t, "2", "amd64", "arm64")
	arm64 := func(values map[string]any) {
		values["nodeSelector"] = map[string]any{"pool": namespace, corev1.LabelArchStable: "arm64"}
	}
	e := withImage(t, c.Access(), namespace, r.address+"/zenml-server", "1", arm64)
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Failed,
		"supports amd64, and the nodes are arm64")
	e = withImage(t, c.Access(), namespace, r.address+"/zenml-server", "2", arm64)
	checktest.Accept(t, look(t, e, "supply.image"), "supply.image",
		"arm64 nodes only, with an image for several architectures", check.Pass)
	pool := func(values map[string]any) { values["nodeSelector"] = map[string]any{"pool": namespace} }
	e = withImage(t, c.Access(), namespace, r.address+"/zenml-server", "1", pool)
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Warned, "some nodes are arm64",
		"nodeSelector: {kubernetes.io/arch: amd64}")
}

func TestPrivateImage(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	login := authn.AuthConfig{Username: "puller", Password: checktest.Canary}
	r := newRegistry(t, &login)
	r.push(t, "1", "amd64")
	ask := func(change ...func(map[string]any)) *check.Env {
		return withImage(t, c.Access(), namespace, r.address+"/zenml-server", "1", change...)
	}
	report := look(t, ask(), "supply.image")
	checktest.Expect(t, report, "supply.image", check.Failed, "there is no pull secret",
		"create secret docker-registry registry-login --docker-server="+r.address)

	e := ask()
	e.Keychain = pullLogins{r.address: login}
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Failed,
		"this machine has one, and the nodes have no pull secret")

	store := func(auth authn.AuthConfig) {
		data, err := json.Marshal(
			map[string]any{
				"auths": map[string]any{
					r.address: map[string]string{"username": auth.Username, "password": auth.Password},
				},
			},
		)
		checktest.Must(t, err)
		secrets := c.Client(t).CoreV1().Secrets(namespace)
		_ = secrets.Delete(t.Context(), "registry-login", metav1.DeleteOptions{})
		_, err = secrets.Create(t.Context(), &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: "registry-login"}, Type: corev1.SecretTypeDockerConfigJson,
			Data: map[string][]byte{corev1.DockerConfigJsonKey: data},
		}, metav1.CreateOptions{})
		checktest.Must(t, err)
	}
	store(authn.AuthConfig{Username: "puller", Password: "wrong"})
	checktest.Expect(t, look(t, ask(pullSecret), "supply.image"), "supply.image", check.Failed, "rejects",
		"the login in Secret registry-login")
	store(login)
	result := checktest.Accept(t, look(t, ask(pullSecret), "supply.image"), "supply.image",
		"a private registry with a pull secret", check.Pass, "amd64")
	if strings.Contains(result.Message, checktest.Canary) {
		t.Error("the message contains the password")
	}
}

func TestRegistryUnavailable(t *testing.T) {
	limited := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/" {
			return
		}
		http.Error(
			w,
			`{"errors": [{"code": "TOOMANYREQUESTS", "message": "You have reached your unauthenticated pull rate limit."}]}`,
			http.StatusTooManyRequests,
		)
	}))
	t.Cleanup(limited.Close)
	e := withImage(t, nil, "zenml", strings.TrimPrefix(limited.URL, "http://")+"/zenml-server", "1")
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Warned, "429", "pullSecrets")
	intercepted := httptest.NewTLSServer(http.NotFoundHandler())
	intercepted.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(intercepted.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(intercepted.URL, "https://"), ":")
	e = withImage(t, nil, "zenml", "127.0.0.1:"+port+"/zenml-server", "1")
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Warned,
		"its certificate is not trusted", "if a proxy intercepts TLS")
	e = withImage(t, nil, "zenml", checktest.ClosedAddress(t)+"/zenml-server", "1")
	checktest.Accept(t, look(t, e, "supply.image"), "supply.image", "a registry that only the nodes reach (a warning)",
		check.Warned, "not checked: this machine cannot reach", "the nodes may", "connection refused")
}

func TestRegistryPlainHTTP(t *testing.T) {
	c := testcluster.Start(t)
	if c.HostAddress == "127.0.0.1" {
		t.Skip("this machine has no other address for simulated nodes")
	}
	inner := httptest.NewUnstartedServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	inner.Listener = checktest.Listen(t, c.HostAddress)
	inner.Start()
	t.Cleanup(inner.Close)
	address := strings.TrimPrefix(inner.URL, "http://")
	ref, err := name.ParseReference(address+"/zenml-server:1", name.Insecure)
	checktest.Must(t, err)
	checktest.Must(t, remote.Write(ref, imageOf(t, "amd64")))
	e := withImage(t, nil, "zenml", address+"/zenml-server", "1")
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Warned, "not checked")
	e.PlainHTTP = true
	checktest.Expect(t, look(t, e, "supply.image"), "supply.image", check.Pass, "amd64")
}

// TestUnreachableDefaultImage names no answer that the user did not give.
func TestUnreachableDefaultImage(t *testing.T) {
	ask := func(image answers.Image) *check.Fault {
		e := &check.Env{Answers: answers.Answers{Server: answers.Server{Image: image}}}
		q, err := newRegistryQuestion(t.Context(), e, "zenmldocker/zenml-server:0.98.1", corev1.PodSpec{})
		checktest.Must(t, err)
		return q.unreachable(&net.DNSError{Name: "index.docker.io", IsNotFound: true})
	}
	if own := ask(answers.Image{}).Remedy; strings.Contains(own, "fix ") || !strings.Contains(own, "HTTPS_PROXY") ||
		!strings.Contains(own, "server.image.repository to a mirror") {
		t.Errorf("the remedy for the default image: %s", own)
	}
	if chosen := ask(answers.Image{Repository: "x"}).Remedy; !strings.Contains(chosen, "fix the host in server.image") {
		t.Errorf("the remedy for another image: %s", chosen)
	}
}
