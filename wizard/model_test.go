package wizard

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// person drives the model like a terminal program: keys arrive one by one,
// commands run in the background, and their messages arrive in any order.
type person struct {
	t     *testing.T
	m     *model
	stage *stage
	msgs  chan tea.Msg
	gone  bool

	cancel context.CancelFunc // ends the context from outside
	views  []string           // every view that was seen
}

func newPerson(t *testing.T, change ...func(*Options)) *person {
	t.Helper()
	s := newStage()
	o := Options{Engine: s, Now: clock()}
	for _, c := range change {
		c(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &person{t: t, m: newModel(ctx, o), stage: s, msgs: make(chan tea.Msg, 10_000), cancel: cancel}
	p.m.sendMsg = func(msg tea.Msg) { p.msgs <- msg }
	t.Cleanup(func() { cancel(); p.m.work.close(0) })
	p.run(p.m.Init())
	p.until("the first screen", func() bool {
		return p.m.at != stepStart || p.m.screen().(*start).read
	})
	if p.m.at == stepStart && len(p.m.screen().(*start).runs) == 0 && o.Output != atStart {
		p.press("s")
	}
	return p
}

// atStart is an output for newPerson to stay at the start.
var atStart = new(bytes.Buffer)

func TestTextTypedAheadIsNoAction(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().toReview().sees("in 1.2s")
	p.m.burst = burstGap // the clock stands still
	p.press("i")
	if p.m.dialog != nil || p.m.at != stepReview {
		t.Fatal("a key of a burst started the install")
	}
	p.m.burst = 0
	p.press("i").sees("install release")
}

// clock returns a clock that does not advance.
func clock() func() time.Time {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return func() time.Time { return at }
}

func (p *person) run(cmd tea.Cmd) {
	if cmd != nil {
		go p.do(cmd)
	}
}

// do runs a command: batches concurrently, sequences in order.
func (p *person) do(cmd tea.Cmd) {
	msg := cmd()
	v := reflect.ValueOf(msg)
	if !v.IsValid() || v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		if msg != nil {
			p.msgs <- msg
		}
		return
	}
	for i := range v.Len() {
		if each := v.Index(i).Interface().(tea.Cmd); v.Type().Name() == "sequenceMsg" {
			p.do(each)
		} else {
			p.run(each)
		}
	}
}

func (p *person) handle(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		p.gone = true
		return
	}
	_, cmd := p.m.Update(msg)
	p.views = append(p.views, p.m.View())
	p.run(cmd)
}

// press presses keys by name. Other strings are typed letter by letter.
func (p *person) press(keys ...string) *person {
	for _, k := range keys {
		for _, msg := range keyMsgs(k) {
			p.handle(msg)
		}
	}
	return p
}

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	"ctrl+c": tea.KeyCtrlC, "backspace": tea.KeyBackspace, "f1": tea.KeyF1, "ctrl+u": tea.KeyCtrlU, "ctrl+r": tea.KeyCtrlR,
}

func keyMsgs(name string) []tea.Msg {
	if k, ok := named[name]; ok {
		return []tea.Msg{tea.KeyMsg{Type: k}}
	}
	var msgs []tea.Msg
	for _, r := range name {
		k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}
		if r == ' ' {
			k.Type = tea.KeySpace
		}
		msgs = append(msgs, k)
	}
	return msgs
}

// sees waits until the screen shows all texts.
func (p *person) sees(texts ...string) *person {
	p.t.Helper()
	return p.until("the screen to show "+strings.Join(texts, " and "), func() bool {
		for _, text := range texts {
			if !strings.Contains(p.screen(), text) {
				return false
			}
		}
		return true
	})
}

// screen is the view without line breaks and styles, so that wrapped texts are
// found.
func (p *person) screen() string {
	return strings.Join(strings.Fields(ansi.Strip(p.m.View())), " ")
}

func (p *person) until(what string, holds func() bool) *person {
	p.t.Helper()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case msg := <-p.msgs:
			p.handle(msg)
		case <-deadline:
			p.t.Fatalf("timed out waiting for %s\n%s", what, p.m.View())
		}
	}
	return p
}

func (p *person) leaves() *person {
	p.t.Helper()
	return p.until("the program to end", func() bool { return p.gone })
}

// settles waits until the check of a source has finished.
func (p *person) settles() *person {
	p.t.Helper()
	return p.until("a source to be read", func() bool {
		f := p.form()
		return f == nil || !f.sourceCheck.running()
	})
}

// form returns the form of the current step.
func (p *person) form() *form {
	switch s := p.m.screen().(type) {
	case *form:
		return s
	case *cluster:
		return s.form
	case *advanced:
		return s.editing
	}
	return nil
}

// to accepts each answer until the question with a key is open.
func (p *person) to(key string) *person {
	p.t.Helper()
	for range 60 {
		if f := p.form(); f != nil && len(f.questions) > 0 && f.current().Key == key {
			return p
		}
		p.press("enter").settles()
	}
	p.t.Fatalf("%s was never asked\n%s", key, p.m.View())
	return p
}

// throughCluster confirms the current cluster.
func (p *person) throughCluster() *person {
	p.t.Helper()
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install into sandbox")
	return p.press("down", "enter").to("database.type")
}

// throughMySQL answers the questions about MySQL.
func (p *person) throughMySQL() *person {
	p.t.Helper()
	p.press("down", "enter").to("database.mysql.host").press("db.example.com")
	p.to("database.mysql.port").press("3307").to("database.mysql.user").press("zen")
	return p.to("database.mysql.password").press(canary, "enter")
}

// toAdvanced accepts the defaults up to the Advanced step.
func (p *person) toAdvanced() *person {
	p.t.Helper()
	for range 60 {
		if p.m.at == step(answers.StepAdvanced) {
			return p
		}
		p.press("enter").settles()
	}
	p.t.Fatalf("the Advanced step was never reached\n%s", p.m.View())
	return p
}

// toReview accepts the remaining defaults and waits for the plan.
func (p *person) toReview() *person {
	p.t.Helper()
	return p.toReviewWithoutPlan().sees("Create namespace zenml-server")
}

func (p *person) toReviewWithoutPlan() *person {
	p.t.Helper()
	for range 60 {
		if p.m.at == stepReview {
			return p
		}
		p.press("enter").settles()
	}
	p.t.Fatalf("the review was never reached\n%s", p.m.View())
	return p
}

var mashed = []string{
	"enter", "enter", "enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "pgup", "pgdown",
	"home", "end", "backspace", "f1", "?", "r", "i", "w", "y", "n", "e", "o", "q", "t", "a", "k", "x", " ", "ü", "界",
	"0", "env:A", "secret:",
}

// TestRandomKeys sends thousands of random keys, window sizes and pastes:
// nothing panics, views fit the window, and no secret appears.
func TestRandomKeys(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			p := newPerson(t)
			if seed%2 == 0 {
				p.throughCluster().throughMySQL()
			}
			p.stage.failing = seed%3 == 0
			width, height := 80, 24
			for range 600 {
				switch n := random.IntN(100); {
				case n < 4:
					width, height = 1+random.IntN(220), 1+random.IntN(70)
					p.handle(tea.WindowSizeMsg{Width: width, Height: height})
				case n < 6:
					p.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("paste\nof two\tlines"), Paste: true})
				case n < 7:
					select {
					case p.stage.finish <- nil:
					default:
					}
				case n < 9 && p.m.at == stepInstall:
					p.press("ctrl+c")
				default:
					p.press(mashed[random.IntN(len(mashed))])
				}
				p.drain()
				if p.gone {
					p = newPerson(t)
					p.handle(tea.WindowSizeMsg{Width: width, Height: height})
				}
				requireFits(t, p.m.View(), width, height)
			}
			p.noCanary()
		})
	}
}

// drain handles pending messages without waiting.
func (p *person) drain() {
	for {
		select {
		case msg := <-p.msgs:
			p.handle(msg)
		default:
			return
		}
	}
}

// noCanary fails if any view so far contains the typed secret.
func (p *person) noCanary() {
	p.t.Helper()
	for _, view := range p.views {
		if strings.Contains(view, canary) {
			p.t.Fatalf("a view contains the secret\n%s", view)
		}
	}
}

func TestResizeKeepsInput(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	for i, r := range "db.example.com" {
		p.press(string(r))
		for _, size := range [][2]int{{80, 24}, {1, 1}, {200, 60}, {30, 8}, {100, 10 + i}, {131, 3}} {
			p.handle(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			requireFits(t, p.m.View(), size[0], size[1])
		}
	}
	p.handle(tea.WindowSizeMsg{Width: 80, Height: 24})
	p.sees("db.example.com")
}

func TestTypedSecretIsNeverShown(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().press("shift+tab", "?", "f1", "x").toReview()
	p.sees("in 1.2s").press("end", "home", "enter").sees("Running upgrade")
	p.stage.finish <- nil
	p.sees("Server ready")
	p.noCanary()
}

func TestGuidedInstall(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().toReview()
	p.sees("5 passed", "1 warning", "in 1.2s", "Create namespace zenml-server on sandbox")
	p.press("enter").sees("install release zenml-server", "Running upgrade 0.97.0")
	p.stage.finish <- nil
	p.sees("Server ready at http://127.0.0.1:8080", "Opened the browser", "Waiting for you to create the admin account")
	p.stage.activate <- nil
	p.sees("The server is activated", "zenml login http://127.0.0.1:8080")
	p.press("q").leaves()

	got := p.m.outcomeWithAnswers()
	if got.Ending != Installed || !got.Activated || got.URL != "http://127.0.0.1:8080" {
		t.Errorf("outcome: %+v", got)
	}
	if db := got.Answers.Database.MySQL; db.Host != "db.example.com" || db.Port != 3307 || db.User != "zen" ||
		db.Password.Value.Reveal() != canary {
		t.Errorf("answers: %+v", db)
	}
	if key := got.Answers.SecretsStore.SQL.EncryptionKey; !key.Generate {
		t.Errorf("an empty encryption key is not generated: %+v", key)
	}
	if len(p.stage.opened) != 1 {
		t.Errorf("the browser was opened %d times", len(p.stage.opened))
	}
}
