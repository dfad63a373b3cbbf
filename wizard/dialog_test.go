package wizard

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestDialogOptionIsVisible(t *testing.T) {
	p := newPerson(t)
	p.stage.notices = []string{"a secret zenml/preflight-… in AWS Secrets Manager, us-east-1"}
	p.throughCluster().throughMySQL().toReview().sees("1 skipped", "in 1.2s").press("i")
	p.handle(tea.WindowSizeMsg{Width: 40, Height: minRows})
	if got := p.press("up", "up").pointed(); !strings.HasPrefix(got, "Test now") {
		t.Errorf("%q\n%s", got, p.m.View())
	}
}
