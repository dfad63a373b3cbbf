package cluster

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// store writes a revision of a release in Helm's format.
func store(t *testing.T, c *testcluster.Cluster, namespace, status string, revision int, chart, version string) {
	t.Helper()
	content, err := json.Marshal(map[string]any{
		"name": "zenml-server", "version": revision, "info": map[string]any{"status": status},
		"chart": map[string]any{"metadata": map[string]any{"name": chart, "version": version}},
	})
	checktest.Must(t, err)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err = writer.Write(content)
	checktest.Must(t, err)
	checktest.Must(t, writer.Close())
	name := "sh.helm.release.v1.zenml-server.v" + strconv.Itoa(revision)
	_, err = c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: name,
			Labels: map[string]string{
				"owner":   "helm",
				"name":    "zenml-server",
				"status":  status,
				"version": strconv.Itoa(revision),
			},
		},
		Type: "helm.sh/release.v1",
		Data: map[string][]byte{"release": []byte(base64.StdEncoding.EncodeToString(packed.Bytes()))},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
}

func TestReleases(t *testing.T) {
	c := testcluster.Start(t)
	type revision struct {
		status  string
		chart   string
		version string
	}
	for name, test := range map[string]struct {
		revisions []revision
		status    check.Status
		say       string
	}{
		"pending install": {[]revision{{"pending-install", "zenml", "0.90.0"}}, check.Failed, "zenml-installer uninstall"},
		"pending upgrade": {[]revision{{"deployed", "zenml", "0.90.0"}, {"pending-upgrade", "zenml", "0.91.0"}},
			check.Failed, "helm rollback zenml-server"},
		"pending rollback": {[]revision{{"superseded", "zenml", "0.90.0"}, {"pending-rollback", "zenml", "0.90.0"}},
			check.Failed, "helm rollback"},
		"failed first": {[]revision{{"failed", "zenml", "0.90.0"}}, check.Warned,
			"the first install of zenml-server failed"},
		"failed later": {[]revision{{"deployed", "zenml", "0.90.0"}, {"failed", "zenml", "0.90.0"}}, check.Pass,
			"upgrade of revision 2"},
		"another chart": {[]revision{{"deployed", "wordpress", "0.1.0"}}, check.Failed,
			"was installed from the chart wordpress"},
		"downgrade":        {[]revision{{"deployed", "zenml", "99.0.0"}}, check.Failed, "--chart-version 99.0.0"},
		"upgrade":          {[]revision{{"deployed", "zenml", "0.10.0"}}, check.Pass, "upgrade of revision 1"},
		"history was kept": {[]revision{{"uninstalled", "zenml", "99.0.0"}}, check.Pass, "is free"},
		"tenth is the last": {[]revision{{}, {}, {}, {}, {}, {}, {}, {}, {"pending-upgrade", "zenml", "0.10.0"},
			{"deployed", "zenml", "0.10.0"}}, check.Pass, "revision 10"},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			for i, r := range test.revisions {
				if r.status != "" {
					store(t, c, namespace, r.status, i+1, r.chart, r.version)
				}
			}
			checktest.Expect(
				t,
				look(t, checktest.WithCluster(t, c.Access(), namespace), "cluster.release"),
				"cluster.release",
				test.status,
				test.say,
			)
		})
	}
	testOtherRuns(t, c)
	namespace := c.Namespace(t)
	checktest.Expect(t,
		look(t, checktest.WithCluster(t, checktest.ServiceAccount(t, c, namespace), namespace), "cluster.release"),
		"cluster.release", check.Skipped, "cannot list the Secrets")
}

// testOtherRuns checks a release that is locked: by a working run, and by a
// killed one.
func testOtherRuns(t *testing.T, c *testcluster.Cluster) {
	for name, test := range map[string]struct {
		status  string // of the release
		working bool
		wait    bool
		want    check.Status
		say     string
	}{
		"working":                {"deployed", true, false, check.Failed, "another run is changing release zenml-server"},
		"working, and waited":    {"pending-install", true, true, check.Warned, "--wait-for-other"},
		"killed in an install":   {"pending-install", false, false, check.Warned, "marks the revision as failed"},
		"killed in an uninstall": {"uninstalling", false, false, check.Warned, "finishes the uninstall"},
		"killed before Helm":     {"deployed", false, false, check.Pass, "upgrade of revision 1"},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			store(t, c, namespace, test.status, 1, "zenml", "0.90.0")
			lock, err := runlock.Acquire(t.Context(), runlock.Request{
				Client: c.Client(t), Namespace: namespace, Release: "zenml-server",
			})
			checktest.Must(t, err)
			if !test.working {
				lock.Abandon(t.Context())
			}
			env := checktest.WithCluster(t, c.Access(), namespace)
			options := check.Options{Only: []string{"cluster.release"}, WaitForOther: test.wait}
			report, err := check.Run(t.Context(), Checks, env, options, nil)
			checktest.Must(t, err)
			checktest.Expect(t, report, "cluster.release", test.want, test.say)
		})
	}
}
