package wizard

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// Found is a release of the ZenML chart in the cluster.
type Found struct {
	Context      string // of the kubeconfig; empty with --server, or in a pod
	Namespace    string
	Release      string
	Version      string // of ZenML: "0.98.1"
	ChartVersion string
	Status       string // Helm's
	Updated      time.Time
	// NeedsRepair releases failed, or were left unfinished by a run that was killed or is
	// still running.
	NeedsRepair bool
}

// String names the release: "zenml-server 0.98.1 in namespace zenml".
func (f Found) String() string {
	return strings.Join(strings.Fields(f.Release+" "+f.Version+" in namespace "+f.Namespace), " ")
}

// Details describes the release in half a sentence: "deployed 41d ago, found on gke_eu". A
// cluster that no context names is not mentioned.
func (f Found) Details(now time.Time) string {
	text := f.Status
	if !f.Updated.IsZero() {
		text += " " + duration.HumanDuration(now.Sub(f.Updated)) + " ago"
	}
	if f.Context == "" {
		return text
	}
	return text + ", found on " + f.Context
}

// Target returns where the release is.
func (f Found) Target() answers.Cluster {
	return answers.Cluster{Context: f.Context, Namespace: f.Namespace, Release: f.Release}
}

// SetTarget answers where the release is.
func (f Found) SetTarget(r *question.Responses) {
	r.Type(question.ContextKey, f.Context)
	r.Type("cluster.namespace", f.Namespace)
	r.Type("cluster.release", f.Release)
}

// chartVersionKey is the key of the answer that a repair gives.
const chartVersionKey = "chart.version"

// Action is what can be done with a release that was found.
type Action struct {
	Key   string // a letter that chooses it
	Title string
	Help  string // one or two sentences
	// Repair installs the same chart again.
	Repair bool
	// Command does it after the guided install has ended; empty for an install.
	Command string
}

// Apply answers what the action needs.
func (a Action) Apply(r *question.Responses, f Found) {
	f.SetTarget(r)
	if a.Repair {
		r.Type(chartVersionKey, f.ChartVersion)
	}
}

// Actions returns what can be done with the release, the most useful first.
func (f Found) Actions() []Action {
	upgrade := Action{Key: "u", Title: "Upgrade or change settings",
		Help: "Its settings become the answers, which you can change."}
	repair := Action{Key: "r", Title: "Repair", Repair: true,
		Help: "Install chart " + f.ChartVersion + " again with the same settings."}
	actions := []Action{upgrade, repair}
	if f.NeedsRepair {
		actions = []Action{repair, upgrade}
	}
	return append(actions,
		Action{Key: "c", Title: "Connect", Command: "connect", Help: "Forward a local port to the server."},
		Action{Key: "s", Title: "Show the status", Command: "status"},
		Action{Key: "x", Title: "Uninstall", Command: "uninstall",
			Help: "List what is removed, and ask for confirmation. The data is kept."})
}

// pick is the release that the user picked at the start, to install over it.
type pick struct {
	Found
	repair  bool
	dropped bool // the chart is not the answer, because another release is the target
	before  question.Checkpoint
}

// isPicked reports whether the target is the release that the user picked.
func (s *session) isPicked() bool {
	return s.picked != nil && s.target() == s.picked.Target()
}

// dropChart takes back the chart of the release that is repaired while another release is
// the target.
func (s *session) dropChart() {
	p := s.picked
	if p == nil || !p.repair || p.dropped != s.isPicked() {
		return
	}
	version := s.options.Start.Chart.Version
	if p.dropped {
		version = p.ChartVersion
	}
	s.responses.Type(chartVersionKey, version)
	p.dropped = !p.dropped
}

// unpick takes back what picking a release has answered, unless it was confirmed.
func (s *session) unpick() {
	if s.picked != nil && !s.isConfirmed() {
		s.responses.Restore(s.picked.before)
	}
	s.picked = nil
}

// foundKeys are the letters that choose a release; no more releases are offered.
const foundKeys = "uvxyz"

type releasesMsg struct{ found []Found }

// searchReleases lists the releases in the cluster. The ways to begin do not wait for it.
func (r *start) searchReleases() tea.Cmd {
	r.search.drop()
	if saved.IsWorthKeeping(r.options.Start) {
		return nil
	}
	a := r.options.Start
	a.Cluster.Context = r.responses.Answers().Cluster.Context
	task, cmd := r.begin(r, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		return releasesMsg{r.engine.Releases(ctx, a)}
	})
	r.search = task
	return cmd
}

// releasesFound offers the releases. The cursor stays where it is: the user may be about
// to press Enter.
func (r *start) releasesFound(msg releasesMsg) {
	r.found = msg.found[:min(len(msg.found), len(foundKeys))]
	if !r.read {
		return
	}
	key := r.list.options[r.list.at].key
	r.list.set(r.offers()...)
	r.list.suggest(key)
}

// releaseOffers returns an option for each release that was found.
func (r *start) releaseOffers() []option {
	var offers []option
	for i, f := range r.found {
		label := fmt.Sprintf("Upgrade or repair %s\n%s", f, f.Details(r.now()))
		offers = append(offers, option{foundKeys[i : i+1], label, func() (move, tea.Cmd) {
			r.release, r.actions = &f, list{session: r.session}
			r.actions.set(r.releaseActions(f)...)
			return move{}, nil
		}})
	}
	return offers
}

// releaseActions returns an option for each action on a release.
func (r *start) releaseActions(f Found) []option {
	var options []option
	for _, a := range f.Actions() {
		label := strings.TrimSuffix(a.Title+"\n"+a.Help, "\n")
		options = append(options, option{a.Key, label, func() (move, tea.Cmd) { return r.act(f, a) }})
	}
	return options
}

func (r *start) releaseKey(name string) (move, tea.Cmd) {
	if name == "esc" {
		r.release = nil
		return move{}, nil
	}
	return r.actions.keyOrDigit(name)
}

// act goes to the confirmation of the release's cluster, or leaves for another command.
func (r *start) act(f Found, a Action) (move, tea.Cmd) {
	r.release = nil
	before := r.responses.Checkpoint()
	a.Apply(r.responses, f)
	if a.Command != "" {
		r.outcome.Command = a.Command
		return move{kind: leave}, nil
	}
	r.picked = &pick{Found: f, repair: a.Repair, before: before}
	return move{kind: jump, to: step(answers.StepCluster), key: guardKey}, nil
}

// searchLine says that releases are being looked for.
func (r *start) searchLine() string {
	if !r.search.running() || len(r.found) > 0 {
		return ""
	}
	return "\n\n" + r.styles.Muted.Render(r.spinner()+" Looking for ZenML in the cluster…")
}

// releaseView shows a release and what can be done with it.
func (r *start) releaseView(width, height int) string {
	f := *r.release
	status := f.Status
	if !f.Updated.IsZero() {
		status += " since " + f.Updated.Format("2 January 2006")
	}
	lines := []string{r.styles.Title.Render("What do you want to do with " + f.Release + "?"), ""}
	for _, fact := range []Fact{
		{"Context", f.Context}, {"Namespace", f.Namespace}, {"Version", f.Version}, {"Chart", f.ChartVersion},
		{"Status", status},
	} {
		lines = append(lines, r.styles.Muted.Render(fmt.Sprintf("%-12s", fact.Label))+display.Printable(fact.Text))
	}
	from, to := r.actions.span(width)
	head := len(strings.Split(display.Wrap(strings.Join(lines, "\n"), width), "\n")) + 1
	r.pane.set(strings.Join(append(lines, "", r.actions.view(width)), "\n"), width, height)
	if r.actions.at == 0 {
		r.pane.offset = 0
	}
	r.listAt = head
	r.pane.show(head+from, head+to)
	return r.pane.view()
}
