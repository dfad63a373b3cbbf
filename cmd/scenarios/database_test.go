package scenarios_test

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// mysql adds answers for a database on the sandbox's MySQL.
func (i *installation) mysql() {
	i.Helper()
	i.database = i.cluster.DatabaseName(i)
	i.file("db-password", []byte(i.cluster.Database.Password.Reveal()))
	db := i.cluster.Database
	i.with("database: {type: mysql, mysql: {host: %s, port: %d, user: %s, name: %s, password: {file: db-password, "+
		"env: null, secretRef: null}}}", db.Host, db.Port, db.User, i.database)
}

// onMySQL is a scenario that needs only a database.
func onMySQL(i *installation) {
	i.mysql()
	i.keepsData()
}

var databases = []scenario{
	{name: "sqlite in the pod", quick: true, samples: []string{"minimal.yaml"}, run: func(i *installation) {
		i.install()
		var user struct{ Name string }
		i.login().Do(i, "GET", "/api/v1/current-user", nil, &user)
		if user.Name != "admin" {
			i.Errorf("logged in as %q, want admin", user.Name)
		}
	}},
	{name: "sqlite on a volume", quick: true, samples: []string{"sqlite-volume.yaml"}, run: func(i *installation) {
		i.with("database: {sqlite: {storageClass: standard}}")
		i.keepsData()
		claim, err := i.cluster.Client(i).CoreV1().PersistentVolumeClaims(i.namespace).Get(i.Context(),
			"zenml-server-config", metav1.GetOptions{})
		i.check(err)
		size := claim.Spec.Resources.Requests.Storage().String()
		if claim.Status.Phase != corev1.ClaimBound || size != "5Gi" {
			i.Errorf("the claim is %s, size %s", claim.Status.Phase, size)
		}
	}},
	{name: "mysql by password", quick: true, samples: []string{"mysql-plain.yaml"}, run: func(i *installation) {
		i.secret("mysql-login", map[string]string{"pw": i.cluster.Database.Password.Reveal()})
		i.mysql()
		i.with("cluster: {namespace: null}")
		i.with("database: {mysql: {password: {file: null, secretRef: {name: mysql-login, key: pw}}}}")
		i.keepsData()
	}},
	{name: "unattended", quick: true, samples: []string{"unattended.yaml"}, run: func(i *installation) {
		i.user = "root"
		i.with("chart: null")
		onMySQL(i)
		var info struct{ Name string }
		i.login().Do(i, "GET", "/api/v1/info", nil, &info)
		if info.Name != "team" {
			i.Errorf("the server is named %q, want team", info.Name)
		}
		i.apiKey("zenml-ci")
	}},
	{name: "the server activates itself", samples: []string{"unattended-environment.yaml"}, run: func(i *installation) {
		i.with("admin: {password: {env: ZENML_ADMIN_PASSWORD}}")
		onMySQL(i)
	}},
	{name: "two replicas behind the Service", quick: true, samples: []string{"mysql-production.yaml"}, run: replicated},
}

// replicated installs two pods with verified TLS to the database, and calls
// both through the Service.
func replicated(i *installation) {
	db := i.startMySQL(mysqlOptions{require: "X509"})
	pair := db.Authority.Client(i, "zenml")
	i.secret("db-client", map[string]string{"tls.crt": string(pair.Cert), "tls.key": string(pair.Key)})
	i.certificate("zenml-example-com", "zenml.example.com")
	i.with("server: {resources: {requests: {cpu: 50m, memory: 256Mi}}}")
	i.install("--warn-only", "expose")
	verify := i.fill()
	pods, err := i.cluster.Client(i).CoreV1().Pods(i.namespace).List(i.Context(),
		metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=server", FieldSelector: "status.phase=Running"})
	if err != nil || len(pods.Items) != 2 {
		i.Fatalf("%d pods of the server, %v", len(pods.Items), err)
	}
	answered := i.callsThroughService()
	if len(answered) != 2 {
		i.Errorf("pods that answered through the Service: %v, want both", answered)
	}
	i.restart()
	verify()
}

// callsThroughService calls the Service from a pod until both pods of the server have logged a call, and returns them.
func (i *installation) callsThroughService() []string {
	i.Helper()
	i.python("import urllib.request\nfor n in range(40):\n" +
		"    urllib.request.urlopen('http://zenml-server/api/v1/info?call=%d' % n).read()\n")
	client := i.cluster.Client(i).CoreV1().Pods(i.namespace)
	pods, err := client.List(i.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/component=server"})
	if err != nil {
		i.Fatal(err)
	}
	var answered []string
	for _, pod := range pods.Items {
		log, err := client.GetLogs(pod.Name, &corev1.PodLogOptions{}).DoRaw(i.Context())
		if err != nil {
			i.Fatal(err)
		}
		if strings.Contains(string(log), "/api/v1/info?call=") {
			answered = append(answered, fmt.Sprint(pod.Name))
		}
	}
	return answered
}
