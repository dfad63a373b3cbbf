package scenarios_test

import (
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/peers"
)

var pods = []scenario{
	{name: "custom CAs and a proxy", quick: true, samples: []string{"network.yaml"}, run: customNetwork},
	{name: "environment", run: environment},
	{name: "settings of the server", samples: []string{"server.yaml"}, run: serverSettings},
	{name: "telemetry", samples: []string{"telemetry-off.yaml"}, run: func(i *installation) {
		i.install()
		i.wantEnvironment(map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"})
	}},
	{name: "raw values", samples: []string{"raw.yaml"}, run: func(i *installation) {
		i.install("--warn-only", "expose")
		pod, err := i.cluster.Client(i).CoreV1().Pods(i.namespace).Get(i.Context(), i.pod(), metav1.GetOptions{})
		if err != nil || pod.Labels["app.kubernetes.io/name"] != "zen" || pod.Annotations["team"] != "ml" {
			i.Errorf("the pod has labels %v, annotations %v, %v", pod.Labels, pod.Annotations, err)
		}
	}},
}

// customNetwork connects from the pod to two hosts that only the proxy reaches,
// each with a certificate of a different CA: one from the answers, one from a
// Secret.
func customNetwork(i *installation) {
	host := i.cluster.HostAddress
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("hello from " + r.Host))
	})
	company, companyCA := peers.ServeTLS(i, host, hello, "company.example.net")
	partner, partnerCA := peers.ServeTLS(i, host, hello, "partner.example.net")
	proxy := peers.ProxyOn(i, host, map[string]string{"company.example.net": company, "partner.example.net": partner})
	i.file("company-ca.pem", []byte(companyCA))
	i.secret("partner-ca", map[string]string{"ca.crt": partnerCA})
	i.with("proxy: {http: '%[1]s', https: '%[1]s'}", proxy)
	i.mysql()
	i.install()
	for _, name := range []string{"company.example.net", "partner.example.net"} {
		for _, library := range []string{
			"import urllib.request as u; print(u.urlopen('https://" + name + "').read().decode())",
			"import requests; print(requests.get('https://" + name + "').text)",
		} {
			if got := strings.TrimSpace(i.python(library)); got != "hello from "+name {
				i.Errorf("%s: %s", library, got)
			}
		}
	}
	i.wantEnvironment(map[string]string{"HTTPS_PROXY": proxy, "http_proxy": proxy})
	if got := i.variable("NO_PROXY"); !strings.Contains(got, "internal.example.com,10.0.0.0/8") ||
		!strings.Contains(got, ".svc.cluster.local") {
		i.Errorf("NO_PROXY is %s", got)
	}
}

// environment sets variables in the pod, the secret ones from a Secret.
func environment(i *installation) {
	const secret = "environment-c4nary"
	i.env["MY_TOKEN"] = secret
	i.secret("own", map[string]string{"key": "from a Secret"})
	i.with("database: {type: sqlite}")
	i.with("server: {environment: {TEAM: ml, NUMBER: '1000000'}, secretEnvironment: {TOKEN: {env: MY_TOKEN}, " +
		"OWN: {secretRef: {name: own, key: key}}}}")
	i.install()
	i.wantEnvironment(map[string]string{"TEAM": "ml", "NUMBER": "1000000", "TOKEN": secret, "OWN": "from a Secret"})
	deployment, err := i.cluster.Client(i).AppsV1().Deployments(i.namespace).Get(i.Context(), "zenml-server",
		metav1.GetOptions{})
	if err != nil || strings.Contains(deployment.String(), secret) {
		i.Errorf("the Deployment contains the secret, or %v", err)
	}
}

// serverSettings sets all settings of the server except class names.
func serverSettings(i *installation) {
	i.mysql()
	i.with("server: {auth: {rbacImplementationSource: null, featureGateImplementationSource: null, " +
		"authCookieDomain: null}, autoscaling: {minReplicas: 1, maxReplicas: 3}}")
	i.install()
	i.wantEnvironment(map[string]string{"ZENML_SERVER_JWT_TOKEN_ALGORITHM": "HS512",
		"ZENML_DEFAULT_PROJECT_NAME": "research", "ZENML_LOGGING_VERBOSITY": "WARN"})
	if client := i.login(); !client.HasProject(i, "research") {
		i.Error("the default project is not named research")
	}
	scaler, err := i.cluster.Client(i).AutoscalingV2().HorizontalPodAutoscalers(i.namespace).Get(i.Context(),
		"zenml-server", metav1.GetOptions{})
	if err != nil || scaler.Spec.MaxReplicas != 3 {
		i.Errorf("autoscaler %+v, %v", scaler, err)
	}
}

// variable returns an environment variable of a process in the pod.
func (i *installation) variable(name string) string {
	i.Helper()
	return strings.TrimSpace(i.python("import os; print(os.environ.get('" + name + "', '(not set)'))"))
}

// wantEnvironment fails the test unless a process in the pod has the variables.
func (i *installation) wantEnvironment(want map[string]string) {
	i.Helper()
	for name, value := range want {
		if got := i.variable(name); got != value {
			i.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}
