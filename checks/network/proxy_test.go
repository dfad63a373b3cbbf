package network

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// withProxy returns the environment of an install behind a proxy. The exclusions are
// raw values, which override those of the answers.
func withProxy(t *testing.T, access *kube.Access, noProxy string, change ...func(*answers.Answers)) *check.Env {
	t.Helper()
	return checktest.WithCluster(t, access, "zenml", func(a *answers.Answers) {
		a.Proxy = answers.Proxy{HTTP: "http://proxy.example.com:8080", HTTPS: "http://proxy.example.com:8080"}
		a.Values = map[string]any{"server": map[string]any{"proxy": map[string]any{
			"enabled":           true,
			"httpProxy":         a.Proxy.HTTP,
			"httpsProxy":        a.Proxy.HTTPS,
			"noProxy":           noProxy,
			"additionalNoProxy": []any{},
		}}}
		for _, c := range change {
			c(a)
		}
	})
}

func TestProxyFaults(t *testing.T) {
	database := func(a *answers.Answers) {
		a.Database = answers.Database{
			Type: answers.MySQLDatabase,
			MySQL: answers.MySQL{
				Host:     "db.private.example.com",
				Name:     "zenml",
				User:     "zenml",
				Password: checktest.Plain(checktest.Canary),
			},
		}
	}
	for noProxy, say := range map[string]string{
		"localhost,http://10.0.0.1": "it is a URL", "localhost,10.0.0.0/33": "not a valid address range", "localhost; .svc": "separated by commas",
		"localhost,*.example.com": "does not support asterisks", "localhost, .svc": "contains spaces",
	} {
		checktest.Expect(t, look(t, withProxy(t, nil, noProxy), "network.proxy"), "network.proxy", check.Failed, say)
	}
	checktest.Expect(t, look(t, withProxy(t, nil, "localhost,.svc", database), "network.proxy"), "network.proxy",
		check.Warned, "db.private.example.com", "proxy: {noProxy: [db.private.example.com]}")
	checktest.Expect(t, look(t, withProxy(t, nil, "localhost,.private.example.com", database), "network.proxy"),
		"network.proxy", check.Pass)
	self := withProxy(t, nil, "localhost", func(a *answers.Answers) { a.Proxy.HTTP = "http://127.0.0.1:3128" })
	checktest.Expect(t, look(t, self, "network.proxy"), "network.proxy", check.Failed, "the pod itself")
}

func TestProxyAndClusterRanges(t *testing.T) {
	c := testcluster.Start(t)
	report := look(t, withProxy(t, c.Access(), "localhost,.svc"), "network.proxy")
	checktest.Expect(t, report, "network.proxy", check.Warned, "not excluded", "10.", "/16")
	checktest.Expect(
		t,
		look(t, withProxy(t, c.Access(), "localhost,.svc,10.0.0.0/8"), "network.proxy"),
		"network.proxy",
		check.Pass,
	)
}
