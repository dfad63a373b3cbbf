package prompt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// script maps the start of a prompt to its answers. Other prompts get an empty
// line.
type script map[string][]string

// conversation answers each prompt when it is printed, and records the output.
type conversation struct {
	mu      sync.Mutex
	said    strings.Builder
	answers script
	asked   []string
	leaving string // the prompt that ends the conversation, unanswered
	lines   chan string
	limit   int
}

func (c *conversation) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said.Write(p)
	text := string(p)
	switch {
	case strings.HasPrefix(text, "Press Enter"):
		c.leaving = text // users first check whether the server is activated
	case strings.HasSuffix(text, ": "), strings.HasSuffix(text, "] "):
		c.answer(text)
	}
	if c.leaving != "" && strings.Contains(c.said.String(), "The server is activated.") {
		text, c.leaving = c.leaving, ""
		c.answer(text)
	}
	return len(p), nil
}

func (c *conversation) answer(prompt string) {
	c.asked = append(c.asked, prompt)
	c.lines <- c.next(prompt)
}

func (c *conversation) next(prompt string) string {
	if len(c.asked) > c.limit {
		close(c.lines)
		c.lines = make(chan string, 1)
		return ""
	}
	best := ""
	for begin := range c.answers {
		if strings.HasPrefix(prompt, begin) && len(begin) > len(best) && len(c.answers[begin]) > 0 {
			best = begin
		}
	}
	if best == "" {
		return ""
	}
	line := c.answers[best][0]
	c.answers[best] = c.answers[best][1:]
	return line
}

// reader returns the answers, one line at a time.
func (c *conversation) reader() io.Reader {
	r, w := io.Pipe()
	lines := c.lines
	go func() {
		for line := range lines {
			if _, err := io.WriteString(w, line+"\n"); err != nil {
				return
			}
		}
		_ = w.Close()
	}()
	return r
}

func converse(
	t *testing.T,
	e *engine,
	with script,
	change ...func(*wizard.Options),
) (wizard.Outcome, *conversation, error) {
	t.Helper()
	c := &conversation{answers: with, lines: make(chan string, 100), limit: 90}
	o := wizard.Options{Engine: e, Input: c.reader(), Output: c}
	for _, f := range change {
		f(&o)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	outcome, err := Run(ctx, o)
	return outcome, c, err
}

func mysql() script {
	return script{
		"Nothing has been written yet. Install into sandbox": {"yes"},
		"Database [": {"mysql"}, "Database: ": {"mysql"}, "Host": {"db.example.com"}, "Port": {"3307"}, "User": {"zen"},
		"Password": {canary},
	}
}

func TestGuidedInstall(t *testing.T) {
	e := newEngine()
	state := saved.Folder(t.TempDir())
	outcome, c, err := converse(t, e, mysql(), func(o *wizard.Options) { o.Unfinished = state })
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said.String())
	}
	if outcome.Ending != wizard.Installed || !outcome.Activated || outcome.URL != url {
		t.Errorf("%+v", outcome)
	}
	db := e.installed.Complete().Database.MySQL
	if db.Host != "db.example.com" || db.Port != 3307 || db.User != "zen" || db.Name != "zenml" ||
		db.Password.Value.Reveal() != canary {
		t.Errorf("%+v", db)
	}
	if !e.installed.SecretsStore.SQL.EncryptionKey.Generate {
		t.Error("the encryption key is not generated")
	}
	for _, want := range []string{
		"User: ops", "Kubernetes v1.36.2", "1. Install release zenml-server", "passed  the API server answers",
		"create the namespace", "Server ready at " + url, "zenml login " + url, "The server is activated.",
	} {
		if !strings.Contains(c.said.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
	if strings.Contains(c.said.String(), canary) {
		t.Error("the secret was printed")
	}
	if len(state.List(answers.Cluster{})) > 0 {
		t.Error("the saved answers remain after the install")
	}
}

func TestInputFromPipe(t *testing.T) {
	var out bytes.Buffer
	e := newEngine()
	in := strings.NewReader("\n\n\n\nyes\nsqlite\n" + strings.Repeat("\n", 60))
	outcome, err := Run(t.Context(), wizard.Options{Engine: e, Input: in, Output: &out})
	if err != nil || outcome.Ending != wizard.Installed || e.installed.Database.Type != answers.SQLiteDatabase {
		t.Errorf("%v %+v\n%s", err, outcome, out.String())
	}
}

func TestEndOfInput(t *testing.T) {
	_, err := Run(t.Context(),
		wizard.Options{Engine: newEngine(), Input: strings.NewReader("\n\n\n\nyes\nmysql\n"), Output: io.Discard})
	var faults answers.Faults
	if !errors.As(err, &faults) || faults[0].Key != "database.mysql.host" {
		t.Errorf("%v", err)
	}
}

func TestInvalidAnswersAndHelp(t *testing.T) {
	with := mysql()
	with["Database: "] = []string{"oracle", "9", "?", "2"}
	with["Host"] = []string{"", "localhost", "db"}
	with["Port"] = []string{"zehn", "<", "3307"}
	e := newEngine()
	_, c, err := converse(t, e, with)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said.String())
	}
	for _, want := range []string{
		`That is not one of the choices`, "Answers key: database.type", "an answer is required",
		"is the pod itself", "is not a whole number",
	} {
		if !strings.Contains(c.said.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
	if strings.Contains(c.said.String(), "oracle") {
		t.Error("a rejected line was repeated, which may be a secret")
	}
	if e.installed.Database.MySQL.Host != "db" || e.installed.Database.MySQL.Port != 3307 {
		t.Errorf("%+v", e.installed.Database.MySQL)
	}
}

func TestWrongClusterIsChosenAgain(t *testing.T) {
	e := newEngine()
	_, c, err := converse(t, e, script{
		"Nothing has been written yet. Install into sandbox": {"", ""}, // the default is no
		"Cluster [2]": {"2", "1"},
		"Nothing has been written yet. Install into prod": {"yes"},
		"Database: ": {"1"},
	})
	if err != nil || e.installed.Cluster.Context != "prod" {
		t.Errorf("%v %+v\n%s", err, e.installed.Cluster, c.said.String())
	}
}

func TestFailedCheckNeedsConfirmation(t *testing.T) {
	e := newEngine()
	e.failing = true
	with := mysql()
	with["What next [3]"] = []string{"1", "", "5"} // refused, checked again, left
	outcome, c, err := converse(t, e, with)
	if err != nil || outcome.Ending != wizard.Left || e.installed.Version != 0 {
		t.Errorf("%v %+v", err, outcome)
	}
	if !regexp.MustCompile(`(?s)the local port is free.*Failed checks:\n.*the API server does not answer: refused\n    start it\n\nWhat next\?`).
		MatchString(c.said.String()) {
		t.Errorf("the failed checks are not repeated before the choice:\n%s", c.said.String())
	}
	for _, want := range []string{
		"failed  the API server does not answer: refused", "start it", "Install anyway? [no]",
	} {
		if !strings.Contains(c.said.String(), want) {
			t.Errorf("%q was not printed", want)
		}
	}
}

func TestTestingPermissionsNeedsConsent(t *testing.T) {
	for answer, agreed := range map[string]bool{"": true, "no": false} {
		e := newEngine()
		e.notices = []string{"a secret zenml/preflight-… in AWS Secrets Manager, us-east-1"}
		with := mysql()
		with["Test them?"] = []string{answer, answer}
		with["What next [1]"] = []string{"check", "quit"}
		_, c, err := converse(t, e, with)
		if err != nil || e.agreed != agreed || !strings.Contains(c.said.String(), e.notices[0]) {
			t.Errorf("%v: agreed %t\n%s", err, e.agreed, c.said.String())
		}
		if asked := strings.Count(c.said.String(), "Test them?"); agreed && asked != 1 || !agreed && asked != 2 {
			t.Errorf("%q: asked %d times", answer, asked)
		}
	}
}

func TestUpgradeNeedsConfirmation(t *testing.T) {
	e := newEngine()
	e.changes = []string{"~ server.database.poolSize: 5 -> 7"}
	with := mysql()
	with["What next [1]"] = []string{"1", "1"}
	with["The release is in use, and its values change."] = []string{"no", "yes"}
	outcome, c, err := converse(t, e, with)
	if err != nil || outcome.Ending != wizard.Installed {
		t.Errorf("%v %+v", err, outcome)
	}
	if said := c.said.String(); strings.Count(said, "Upgrade it? [no]") != 2 || !strings.Contains(said, e.changes[0]) {
		t.Error(said)
	}
}

func TestWriteValuesOnly(t *testing.T) {
	e := newEngine()
	e.exists = true
	with := mysql()
	with["What next [1]"] = []string{"2", "write", "quit"}
	with["custom-values.yaml already exists"] = []string{"no", "yes"}
	outcome, _, err := converse(t, e, with)
	want := wizard.Outcome{Ending: wizard.Wrote, Values: "custom-values.yaml"}
	outcome.Answers = answers.Answers{}
	if err != nil || outcome.Ending != want.Ending || outcome.Values != want.Values || e.overwritten != 1 {
		t.Errorf("%v %s %d", err, cmp.Diff(want.Ending, outcome.Ending), e.overwritten)
	}
}

func TestPlanFaultReopensQuestion(t *testing.T) {
	e := newEngine()
	e.fault = &answers.Fault{Key: "database.mysql.name", Summary: "the chart takes another name"}
	with := mysql()
	with["Database name"] = []string{"", "other"}
	_, c, err := converse(t, e, with)
	if err != nil || e.installed.Database.MySQL.Name != "other" ||
		!strings.Contains(c.said.String(), "the chart takes another name") {
		t.Errorf("%v %+v", err, e.installed.Database.MySQL)
	}
}

func TestInterruptAtPrompt(t *testing.T) {
	r, w := io.Pipe()
	defer func() { _ = w.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var asked sync.Once
	out := writer(func(p []byte) {
		if strings.HasPrefix(string(p), howToBegin) {
			asked.Do(cancel)
		}
	})
	if _, err := Run(
		ctx,
		wizard.Options{Engine: newEngine(), Input: r, Output: out},
	); !errors.Is(
		err,
		context.Canceled,
	) {
		t.Errorf("%v", err)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

// onTerminal answers prompts on a pseudo-terminal with the next of its replies,
// or an empty line, until the review's prompt. It returns the output.
func onTerminal(t *testing.T, e *engine, replies map[string][]string) string {
	t.Helper()
	user, program, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = user.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var drawn bytes.Buffer
	drawing := make(chan struct{})
	go func() {
		defer close(drawing)
		buffer := make([]byte, 4096)
		for {
			n, err := user.Read(buffer)
			if err != nil {
				return
			}
			drawn.Write(buffer[:n])
			if text := drawn.String(); strings.Contains(text, "What next [") {
				cancel()
			} else if strings.HasSuffix(text, ": ") || strings.HasSuffix(text, "] ") {
				_, _ = user.WriteString(reply(replies, text) + "\n")
			}
		}
	}()
	_, err = Run(ctx, wizard.Options{Engine: e, Input: program, Output: program})
	_, _ = user.WriteString("\n") // ends the pending read
	_ = program.Close()
	<-drawing
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v\n%s", err, drawn.String())
	}
	return drawn.String()
}

// reply returns the next line for the prompt at the end of a text.
func reply(replies map[string][]string, text string) string {
	for prompt, lines := range replies {
		if strings.HasSuffix(text, "\n"+prompt) && len(lines) > 0 {
			replies[prompt] = lines[1:]
			return lines[0]
		}
	}
	return ""
}

const confirmPrompt = "Nothing has been written yet. Install into sandbox? [no] "

func TestSecretIsNotEchoed(t *testing.T) {
	e := newEngine()
	drawn := onTerminal(t, e, map[string][]string{confirmPrompt: {"yes"}, "Database: ": {"2"}, "Host: ": {"db"},
		"User: ": {"zen"}, "Password: ": {canary}})
	if e.prepared.Database.MySQL.Password.Value.Reveal() != canary {
		t.Errorf("the secret was not stored\n%s", drawn)
	}
	if strings.Contains(drawn, canary) {
		t.Errorf("the secret was echoed:\n%s", drawn)
	}
}

func TestAdminPasswordIsConfirmedOnATerminal(t *testing.T) {
	e := newEngine()
	drawn := onTerminal(t, e, map[string][]string{
		confirmPrompt: {"yes"}, "Database: ": {"1"}, "Activation [1]: ": {"2"},
		"Admin password: ": {canary, canary}, "Admin password (again): ": {"C4nary!Pasd", canary},
	})
	if got := e.prepared.Admin.Password.Value.Reveal(); got != canary ||
		strings.Count(drawn, "The entries don't match") != 1 {
		t.Errorf("the password has %d characters\n%s", len(got), drawn)
	}
}

func TestHiddenSourceIsReported(t *testing.T) {
	e := newEngine()
	drawn := onTerminal(t, e, map[string][]string{
		confirmPrompt: {"yes"}, "Database: ": {"1"}, "Activation [1]: ": {"2"}, "Admin password: ": {"file:/run/admin"},
	})
	if e.prepared.Admin.Password.File != "/run/admin" || !strings.Contains(drawn, "Read from file /run/admin") {
		t.Errorf("%s\n%s", e.prepared.Admin.Password.Describe(), drawn)
	}
}

func TestUnreadableSourceIsAskedAgain(t *testing.T) {
	e := newEngine()
	e.unreadable = map[string]error{"file /nope": errors.New("file /nope cannot be read: no such file or directory")}
	with := mysql()
	with["Password"] = []string{"file:/nope", "env:THERE"}
	_, c, err := converse(t, e, with)
	if err != nil || e.installed.Database.MySQL.Password.Env != "THERE" ||
		!strings.Contains(c.said.String(), "file /nope cannot be read") {
		t.Errorf("%v %+v\n%s", err, e.installed.Database.MySQL, c.said.String())
	}
}

func TestInstallWritesValues(t *testing.T) {
	e := newEngine()
	outcome, c, err := converse(t, e, mysql())
	if err != nil || outcome.Values != wizard.DefaultValues || e.overwritten != 1 ||
		!strings.Contains(c.said.String(), "wrote the values to custom-values.yaml") {
		t.Errorf("%v %+v", err, outcome)
	}
	e = newEngine()
	e.exists = true
	with := mysql()
	with["Overwrite it?"] = []string{"yes"}
	_, c, err = converse(t, e, with)
	if err != nil || e.overwritten != 1 || !strings.Contains(c.said.String(), "~ server.replicaCount: 1 -> 2") {
		t.Errorf("%v, the file was overwritten %d times\n%s", err, e.overwritten, c.said.String())
	}
	e = newEngine()
	e.exists = true
	with = mysql()
	with["Overwrite it?"] = []string{"no"}
	outcome, c, err = converse(t, e, with)
	if err != nil || outcome.Values != "" || !errors.Is(outcome.ValuesErr, fs.ErrExist) || e.overwritten != 0 ||
		!strings.Contains(c.said.String(), "exists with other content") {
		t.Errorf("%v %+v", err, outcome)
	}
}

func TestContinuePreviousRun(t *testing.T) {
	state := saved.Folder(t.TempDir())
	var a answers.Answers
	a.Database.Type = answers.MySQLDatabase
	a.Database.MySQL = answers.MySQL{Host: "kept.example.com", Name: "zenml", User: "zen"}
	if err := state.Write(a, "Database"); err != nil {
		t.Fatal(err)
	}
	with := mysql()
	delete(with, "Host")
	delete(with, "User")
	delete(with, "Database [")
	e := newEngine()
	_, c, err := converse(t, e, with, func(o *wizard.Options) { o.Unfinished = state })
	if err != nil || e.installed.Database.MySQL.Host != "kept.example.com" {
		t.Errorf("%v %+v\n%s", err, e.installed.Database.MySQL, c.said.String())
	}
	if len(state.List(answers.Cluster{})) > 0 {
		t.Error("the saved answers remain after the install")
	}
	for _, asked := range c.asked {
		if strings.HasPrefix(asked, "Host") || strings.HasPrefix(asked, "Namespace") {
			t.Errorf("an answered question is asked again: %s", asked)
		}
	}
}

// An advanced setting is found by a word and changed by its key.
func TestAdvancedSetting(t *testing.T) {
	e := newEngine()
	with := mysql()
	with["What next"] = []string{"change", "1"}
	with["Which answer"] = []string{"nothing-like-it", "annotations", "server.podAnnotations"}
	with["Pod annotations"] = []string{"team", "team=ml"}
	_, c, err := converse(t, e, with)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said.String())
	}
	if e.installed.Server.PodAnnotations["team"] != "ml" {
		t.Errorf("%+v\n%s", e.installed.Server, c.said.String())
	}
	for _, want := range []string{"No advanced setting has", "server.podAnnotations: Pod annotations",
		"is not in the form NAME=VALUE"} {
		if !strings.Contains(c.said.String(), want) {
			t.Errorf("not said: %s", want)
		}
	}
}

// An upgrade starts from the settings of the release: nothing is asked again.
func TestUpgradeStartsFromRelease(t *testing.T) {
	e := newEngine()
	e.existing = &wizard.Existing{Chart: "zenml 0.84.3", Status: "deployed"}
	e.imported.Database.Type, e.imported.Server.Logging.Format = answers.SQLiteDatabase, "json"
	_, c, err := converse(t, e, script{"Nothing has been written yet. Upgrade zenml-server in sandbox": {"yes"},
		"Start with the release's settings (no: with the defaults)": {""}})
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said.String())
	}
	if e.installed.Database.Type != answers.SQLiteDatabase || e.installed.Server.Logging.Format != "json" {
		t.Errorf("%+v", e.installed.Server.Logging)
	}
	said := c.said.String()
	if strings.Contains(said, "Secrets store [") || !strings.Contains(said, "Not taken over: zenml.podDisruptionBudget") {
		t.Error(said)
	}
}

// Names that were found in the cluster are picked by their number; others are typed.
func TestFoundNames(t *testing.T) {
	e := newEngine()
	e.found = map[string][]answers.Option{
		"cluster.namespace": {{Value: "team-a", Title: "team-a"}, {Value: "team-b", Title: "team-b"}},
		"cluster.release":   {{Value: "zenml", Title: "zenml"}},
	}
	with := mysql()
	with["Namespace"], with["Release name"] = []string{"2"}, []string{"another"}
	_, c, err := converse(t, e, with)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said.String())
	}
	if at := e.installed.Cluster; at.Namespace != "team-b" || at.Release != "another" {
		t.Errorf("%+v\n%s", at, c.said.String())
	}
}

// In a pipe, an empty line does not agree to install a controller.
func TestEmptyLineInstallsNothing(t *testing.T) {
	e := newEngine()
	ways := []answers.Option{{Value: answers.PrerequisiteInstall}, {Value: answers.PrerequisiteRequire}}
	e.found = map[string][]answers.Option{"prerequisites.traefik": ways, "prerequisites.certManager": ways}
	with := mysql()
	with["Access"], with["Host name"], with["Ingress class"] = []string{"ingress"}, []string{"zenml.example.com"},
		[]string{"traefik"}
	_, c, err := converse(t, e, with)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said.String())
	}
	a := e.installed.Complete()
	if a.Prerequisites.Traefik != answers.PrerequisiteRequire || a.Expose.TLS.Mode != answers.CertOff {
		t.Errorf("%+v, certificate %s", a.Prerequisites, a.Expose.TLS.Mode)
	}
}

func TestTakesOverOnlyWithConsent(t *testing.T) {
	e := newEngine()
	e.existing = &wizard.Existing{Chart: "zenml 0.98.1", Status: "pending-install", Unfinished: true, FirstRun: true}
	e.imported.Database.Type = answers.SQLiteDatabase
	_, c, err := converse(t, e, script{
		"Nothing has been written yet. Install into sandbox": {"yes"}, "An earlier run did not finish.": {"no", "yes"},
	})
	if err != nil || strings.Count(c.said.String(), "An earlier run did not finish.") != 2 {
		t.Errorf("%v\n%s", err, c.said.String())
	}
	if e.installed.Database.Type == "" {
		t.Error("not installed")
	}
}

func TestURLParameters(t *testing.T) {
	with := mysql()
	with["Host"] = []string{"mysql://zen:" + canary + "@db:3307/zenml?tls=skip-verify&charset=utf8"}
	e := newEngine()
	_, c, err := converse(t, e, with)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said.String())
	}
	if !strings.Contains(c.said.String(), "The parameter charset of the URL is not used.") {
		t.Errorf("the unused parameter is not named\n%s", c.said.String())
	}
	if mode := e.installed.Database.MySQL.TLS.Mode; mode != answers.TLSRequire {
		t.Errorf("the TLS mode is %q", mode)
	}
}
