// Package testcluster provides the sandbox to tests: a real Kubernetes cluster
// with a node, a registry with the stand-in charts of both generations and
// their image, and a MySQL server that pods can reach. Tests can also request
// the real ZenML server.
//
// A test process shares one sandbox; under make test all processes do.
package testcluster

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Cluster is a running sandbox.
type Cluster struct {
	Kubeconfig   string
	Version      string           // of Kubernetes, "v1.36.3"
	Charts       map[string]Chart // by generation: "current" (server:) and "legacy" (zenml:)
	Database     Database
	HostAddress  string // where pods reach servers on this machine; 127.0.0.1 with simulated nodes
	Registry     string // host:port of the OCI registry for this machine, plain HTTP
	NodeRegistry string // the same for nodes; this machine can reach it, too
	RealNodes    bool   // whether nodes run containers
	HTTPS        HTTPS  // set by StartHTTPS

	name string // of the sandbox
}

// HTTPS describes the entrypoint of Ingresses and Gateways, whose certificates
// the sandbox's ACME server issues.
type HTTPS struct {
	Address string // of the ingress controller, for this machine and for pods
	CAFile  string // root CA of the ACME server
}

// Chart is a chart in the sandbox's registry and its server image. If the
// image's repository is zenmldocker/zenml-server, it is the chart's default;
// otherwise the answers must set it.
type Chart struct{ Ref, Version, Image, Generation string }

// Database is the sandbox's MySQL server. Its user can create databases.
type Database struct {
	Host     string
	Port     int
	User     string
	Password secret.Text
	CAFile   string // the CA that signed its certificate
}

// Access returns new access to the cluster.
func (c *Cluster) Access() *kube.Access {
	flags := kube.NewFlags()
	*flags.KubeConfig = c.Kubeconfig
	return kube.New(flags)
}

// Client returns a client with all permissions.
func (c *Cluster) Client(t testing.TB) kubernetes.Interface {
	t.Helper()
	client, err := c.Access().Client()
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Dynamic returns a client for objects of any kind.
func (c *Cluster) Dynamic(t testing.TB) dynamic.Interface {
	t.Helper()
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Namespace creates a namespace and deletes it after the test.
func (c *Cluster) Namespace(t testing.TB) string {
	t.Helper()
	client := c.Client(t)
	name := "test-" + lowerText()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if _, err := client.CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.removeNamespace(t, client, name) })
	return name
}

func (c *Cluster) removeNamespace(t testing.TB, client kubernetes.Interface, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
	defer cancel()
	// Skip the sleep of the server's preStop hook.
	now := int64(0)
	_ = client.CoreV1().Pods(name).DeleteCollection(ctx, metav1.DeleteOptions{GracePeriodSeconds: &now},
		metav1.ListOptions{})
	if err := client.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		t.Errorf("namespace %s was not deleted: %v", name, err)
	}
}

// DatabaseName returns the name of a database that does not exist yet and is
// dropped after the test. The server creates it.
func (c *Cluster) DatabaseName(t testing.TB) string {
	t.Helper()
	name := "test_" + lowerText()
	t.Cleanup(func() {
		config := mysql.NewConfig()
		config.Net, config.Addr = "tcp", fmt.Sprintf("%s:%d", c.Database.Host, c.Database.Port)
		config.User, config.Passwd = c.Database.User, c.Database.Password.Reveal()
		connector, err := mysql.NewConnector(config)
		if err != nil {
			t.Error(err)
			return
		}
		db := sql.OpenDB(connector)
		defer func() { _ = db.Close() }()
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), "DROP DATABASE IF EXISTS "+name); err != nil {
			t.Errorf("database %s was not dropped: %v", name, err)
		}
	})
	return name
}

func lowerText() string { return strings.ToLower(rand.Text())[:10] }
