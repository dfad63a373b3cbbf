package wizard

import (
	"reflect"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestAdvancedSettings(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL().toAdvanced()
	p.sees("Continue to the review", "Backup secrets store", "Raw values")
	p.press("replicas", "enter").to("server.replicas").press("3", "enter").sees("Replicas 3")
	p.press("esc", "node sel", "enter").to("server.nodeSelector").press("pool", "enter").sees("is not in the form NAME=VALUE")
	p.press("=ml", "enter").sees("pool=ml")
	p.press("esc", "values", "end", "enter").to("values").press("{zenml: {debug: true}}", "enter")
	a := p.press("esc", "home").toReview().m.responses.Answers()
	if a.Server.Replicas != 3 || a.Server.NodeSelector["pool"] != "ml" ||
		!reflect.DeepEqual(a.Values, map[string]any{"zenml": map[string]any{"debug": true}}) {
		t.Errorf("%+v %+v", a.Server, a.Values)
	}
}

// An advanced setting may require another one, which is asked before the review.
func TestAdvancedSettingThatIsNeeded(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL().toAdvanced()
	p.press("login", "enter").to("database.mysql.auth").press("down", "enter", "esc", "home", "enter")
	p.to("database.mysql.rds.region").sees("AWS region").press("enter").sees("an answer is required")
	p.press("eu-central-1", "enter").sees("AWS region eu-central-1")
}

func TestAdvancedSettingsOfFile(t *testing.T) {
	var start answers.Answers
	for key, text := range map[string]string{
		"database.type": "sqlite", "server.secretEnvironment": "{TOKEN: {value: " + canary + "}}",
		"server.podAnnotations": "{team: \"a,b\"}",
	} {
		if err := start.Set(key, text); err != nil {
			t.Fatal(err)
		}
	}
	p := newPerson(t, func(o *Options) { o.Start = start }).throughCluster().toAdvanced()
	p.press("secretenv").sees("set, with secrets").press("enter", "enter", "esc")
	p.press("podann", "enter").sees("{team: 'a,b'}").press("ctrl+u", "enter")
	a := p.press("esc", "home").toReview().m.responses.Answers()
	if a.Server.SecretEnvironment["TOKEN"].Value.Reveal() != canary || a.Server.PodAnnotations != nil {
		t.Errorf("%+v", a.Server)
	}
	for _, view := range p.views {
		if strings.Contains(view, canary) {
			t.Fatalf("the secret was drawn:\n%s", view)
		}
	}
}

// TestRefusedSettingIsDropped leaves a setting whose text is not valid with Esc.
func TestRefusedSettingIsDropped(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL().toAdvanced()
	p.press("threadpool", "enter").to("server.threadPoolSize").press("{memory: 900Gi}", "enter")
	p.sees("is not a whole number").press("esc")
	if strings.Contains(p.screen(), "900Gi") {
		t.Errorf("shown as the answer:\n%s", p.screen())
	}
	p.press("esc", "home", "enter").until("the review", func() bool { return p.m.at == stepReview })
}
