package values_test

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

func TestInvalidCAIsRejectedWithoutContent(t *testing.T) {
	for _, generation := range rendertest.Generations {
		for content, want := range map[string]string{
			"-----BEGIN PRIVATE KEY-----\nYzRuNHJ5\n-----END PRIVATE KEY-----\n": "it contains a private key",
			"c4n4ry": "it contains no PEM certificate",
		} {
			a := rendertest.Parse(
				t,
				"version: 1\ndatabase: {type: sqlite}\ncertificates: {customCAs: [{name: company, certificate: {file: key.pem}}]}\n",
			)
			s := rendertest.Settings(a)
			s.Local.ReadFile = func(string) ([]byte, error) { return []byte(content), nil }
			_, err := values.Build(a, rendertest.Load(t, generation).Info, s)
			if err == nil ||
				!strings.Contains(err.Error(), "certificates.customCAs[0].certificate: file key.pem: "+want) ||
				strings.Contains(err.Error(), "c4n4ry") ||
				strings.Contains(err.Error(), "YzRuNHJ5") {
				t.Errorf("%s: got %v", generation, err)
			}
		}
	}
}

func TestProxyCommentWithoutClusterRanges(t *testing.T) {
	a := rendertest.Parse(t, "version: 1\ndatabase: {type: sqlite}\nproxy: {http: \"http://proxy:8080\"}\n")
	for _, known := range [][]string{nil, {"10.96.0.0/12"}} {
		s := rendertest.Settings(a)
		s.NoProxy = known
		doc, err := values.Build(a, rendertest.Load(t, "current").Info, s)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(strings.ReplaceAll(string(doc.Bytes), "#", "")), " ")
		if strings.Contains(text, "cluster's own addresses bypass it") != (known != nil) ||
			strings.Contains(text, "pods are unknown") != (known == nil) {
			t.Errorf("with %v the file says\n%s", known, doc.Bytes)
		}
	}
}

func TestPullSecretsAreNeeded(t *testing.T) {
	a := rendertest.Parse(t, "version: 1\ndatabase: {type: sqlite}\nserver: {image: {pullSecrets: [registry-login]}}\n")
	doc, _ := rendertest.Draw(t, "current", a)
	if !strings.Contains(
		string(doc.Bytes),
		"must exist in the namespace before the chart is installed:\n#   registry-login",
	) {
		t.Errorf("got\n%s", doc.Bytes)
	}
}
