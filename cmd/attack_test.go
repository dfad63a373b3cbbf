package cmd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// attacks is the number of installs that TestNobodyClaimsServer attacks. With it,
// the activation through the API is attacked as well.
const attacks = "ZENML_TEST_ATTACKS"

// attacker is a pod that tries to become the admin of every server of a
// namespace.
type attacker struct {
	t         *testing.T
	cluster   *testcluster.Cluster
	namespace string // of the pod
}

// newAttacker starts a pod that attacks a namespace, and waits until it has begun.
func newAttacker(t *testing.T, c *testcluster.Cluster, image, victim string) *attacker {
	t.Helper()
	a := &attacker{t: t, cluster: c, namespace: c.Namespace(t)}
	client := c.Client(t)
	_, err := client.RbacV1().RoleBindings(victim).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "attacker"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: a.namespace, Name: "default"}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CoreV1().Pods(a.namespace).Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "attacker"},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers:    []corev1.Container{{Name: "attack", Image: image, Command: []string{"/attack", victim}}},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(2 * time.Minute); !strings.Contains(a.log(), "ATTEMPTS"); time.Sleep(time.Second) {
		if time.Now().After(end) {
			t.Fatalf("the attack has not begun: %s", a.log())
		}
	}
	return a
}

// log returns what the attacker has written so far.
func (a *attacker) log() string {
	a.t.Helper()
	content, err := a.cluster.Client(a.t).CoreV1().Pods(a.namespace).GetLogs("attacker", &corev1.PodLogOptions{}).
		DoRaw(a.t.Context())
	if err != nil {
		return err.Error()
	}
	return string(content)
}

var answeredPattern = regexp.MustCompile(`ANSWERED (\d+)`)

// answered is how often the servers have refused the attacker so far.
func (a *attacker) answered() int {
	a.t.Helper()
	all := answeredPattern.FindAllStringSubmatch(a.log(), -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1][1])
	return n
}

// attackImage is an image with the attack.
func attackImage(t *testing.T, c *testcluster.Cluster) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "attack")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/attack")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	image := "own/attacker:" + strings.ToLower(t.Name())
	c.CustomImage(t, c.Charts["current"].Image, image, map[string]string{"attack": string(content)})
	return image
}

// TestNobodyClaimsServer attacks installs from a pod of the cluster. A server that
// activates itself is open at no moment.
func TestNobodyClaimsServer(t *testing.T) {
	c := testcluster.Start(t)
	if !c.RealNodes {
		t.Skip("needs nodes that run containers")
	}
	image, count := attackImage(t, c), 3
	all := os.Getenv(attacks) //nolint:forbidigo // set by make attack
	if all != "" {
		count, _ = strconv.Atoi(all)
	}
	for i := range count {
		t.Run(fmt.Sprintf("environment/%02d", i+1), func(t *testing.T) {
			if claimed := attackInstall(t, c, image, "environment"); claimed != "" {
				t.Error(claimed)
			}
		})
	}
	for i := range count {
		if all == "" {
			break
		}
		t.Run(fmt.Sprintf("api/%02d", i+1), func(t *testing.T) { attackInstall(t, c, image, "api") })
	}
}

// attackInstall attacks an install and returns how the server was claimed, or
// nothing. The installer must report a server that was claimed.
func attackInstall(t *testing.T, c *testcluster.Cluster, image, through string) string {
	t.Helper()
	t.Parallel()
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	a := newAttacker(t, c, image, namespace)
	args := append(p.mysqlFlags(c), "--skip", "cluster.admission", "--skip", "database")
	if through == "api" {
		args = append(args, "--answer", "admin.through=api")
	}
	r := p.install(c, "current", "mysql.yaml", namespace, args...)
	log := a.log()
	if strings.Contains(log, "CLAIMED") {
		r.want(t, exitInstall, "already activated with another account")
		t.Logf("ATTACK %s | claimed", t.Name())
		return log
	}
	r.want(t, exitDone, "The server is activated with admin admin.")
	for end := time.Now().Add(time.Minute); a.answered() == 0; time.Sleep(100 * time.Millisecond) { // it reports twice a second
		if time.Now().After(end) {
			t.Fatalf("the attack did not reach the server\n%s", a.log())
		}
	}
	if log = a.log(); strings.Contains(log, "CLAIMED") {
		return log
	}
	t.Logf("ATTACK %s | not claimed in %d answers", t.Name(), a.answered())
	return ""
}
