package wizard

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TestTryItOutKeepsDataOnVolume tries it out where the cluster creates volumes, and where
// it does not. The review says why.
func TestTryItOutKeepsDataOnVolume(t *testing.T) {
	tryOut := func(isKnown bool, change func(*Options)) *person {
		p := newPerson(t, stayAtStart, change).sees("› Try it out")
		if at := p.m.screens[step(answers.StepCluster)].(*cluster); isKnown {
			p.until("the cluster to be known", func() bool {
				return at.target.Namespace != "" && !at.describeTask.running() && !at.findTask.running()
			})
		}
		p.press("1")
		p.sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install into sandbox").press("down", "enter")
		return p.sees("Create namespace zenml-server", "in 1.2s", "Chosen for you")
	}
	for _, isKnown := range []bool{true, false} { // before it is chosen
		p := tryOut(isKnown, func(o *Options) {
			o.Engine.(*stage).found = map[string][]answers.Option{volumeKey: {{Value: "true", Title: "Yes"},
				{Value: "false", Title: "No"}}}
		}).sees("the cluster has a default StorageClass")
		last := p.stage.prepared[len(p.stage.prepared)-1]
		if !last.Database.SQLite.IsPersistent() || !p.m.responses.Answers().Database.SQLite.IsPersistent() {
			t.Error("the plan has no volume")
		}
	}
	p := tryOut(false, func(*Options) {}).sees("no default StorageClass was found")
	if p.m.responses.Complete().Database.SQLite.IsPersistent() {
		t.Error("a volume is planned that the cluster does not create")
	}
}

// TestDigitsChooseBeginnings presses the number of each offer.
func TestDigitsChooseBeginnings(t *testing.T) {
	for digit, goal := range map[string]Goal{"3": ToInstall, "4": ToCheck, "5": ToWrite} {
		p := newPerson(t, stayAtStart).sees("Check only").press(digit).sees("https://127.0.0.1:16443")
		if p.m.goal != goal {
			t.Errorf("%s leads to goal %d", digit, p.m.goal)
		}
	}
	newPerson(t, stayAtStart).sees("Check only").press("9", "6").sees("The name of a file")
}

func TestProductionSuggestsCertManagerAndRequiresAHost(t *testing.T) {
	p := newPerson(t, stayAtStart, func(o *Options) {
		o.Engine.(*stage).found = map[string][]answers.Option{"expose.tls.issuer.name": {{Value: "ca", Title: "ca"}}}
	}).sees("Production").press("p")
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install into sandbox").press("down", "enter")
	p.to("database.mysql.host").press("db.example.com").to("database.mysql.user").press("zen")
	p.to("database.mysql.password").press(canary).to("expose.tls.mode")
	p.sees("because the cluster has the issuer ca.").press("enter").to("expose.host")
	p.press("enter").sees("an answer is required")
	if mode := p.m.responses.Complete().Expose.TLS.Mode; mode != answers.CertManager {
		t.Errorf("the mode is %s", mode)
	}
}
