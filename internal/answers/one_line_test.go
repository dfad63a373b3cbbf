package answers

import (
	"strings"
	"testing"
)

func TestCollectionsInOneLine(t *testing.T) {
	for key, text := range map[string]string{
		"values":                     "{zenml: {deploymentType: local}}",
		"server.tolerations":         "[{key: gpu, operator: Exists}]",
		"server.secretEnvironment":   "{TOKEN: {env: MY_TOKEN}}",
		"certificates.customCAs":     "[{name: corp, certificate: {file: ca.pem}}]",
		"server.affinity":            "{nodeAffinity: {}}",
		"proxy.noProxy":              "a, b",
		"server.podAnnotations":      `{a: "1,2"}`,
		"expose.service.annotations": "a=1, b=2",
	} {
		var a, again Answers
		if err := a.Set(key, text); err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		line := a.OneLine(key)
		if err := again.Set(key, line); err != nil || again.OneLine(key) != line || line == "" {
			t.Errorf("%s: typed %q, shown as %q, read again as %q: %v", key, text, line, again.OneLine(key), err)
		}
	}
}

func TestWrongCollectionIsExplained(t *testing.T) {
	for _, c := range []struct{ key, text, want string }{
		{"values", "zenml", "expected a plain mapping"},
		{"values", "{zenml: [", "the text is not YAML"},
		{"server.secretEnvironment", "{TOKEN: C4nary}", "TOKEN: a plain value is not allowed"},
		{"certificates.customCAs", "[{nam: x}]", "unknown key"},
		{"values", "{a: " + strings.Repeat("x", MaxFile) + "}", "too long"},
	} {
		var a Answers
		err := a.Set(c.key, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "C4nary") {
			t.Errorf("%s: %.40s: got %v", c.key, c.text, err)
		}
		if a.Get(c.key) != "" {
			t.Errorf("%s: a wrong answer was stored", c.key)
		}
	}
}

func TestSecretsAreNotInOneLine(t *testing.T) {
	var a Answers
	if err := a.Set("server.secretEnvironment", "{TOKEN: {value: C4nary}}"); err != nil {
		t.Fatal(err)
	}
	if line := a.OneLine("server.secretEnvironment"); line != "" {
		t.Errorf("shown: %s", line)
	}
}
