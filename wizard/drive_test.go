package wizard

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// person drives the model as a terminal program would: keys go in one by one,
// commands run beside, and their messages come back in any order.
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
	return p
}

// clock stands still.
func clock() func() time.Time {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return func() time.Time { return at }
}

func (p *person) run(cmd tea.Cmd) {
	if cmd != nil {
		go p.do(cmd)
	}
}

// do carries out a command: a batch beside each other, a sequence in order.
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

// press takes the names of keys; anything else is typed letter by letter.
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
	"ctrl+c": tea.KeyCtrlC, "backspace": tea.KeyBackspace, "f1": tea.KeyF1, "ctrl+u": tea.KeyCtrlU,
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

// sees waits until the screen shows all of it.
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

// screen is the view without line breaks and styles, so that a text is found
// wherever it was wrapped.
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

// settles waits until a source that was entered has been read.
func (p *person) settles() *person {
	p.t.Helper()
	return p.until("a source to be read", func() bool {
		f := p.form()
		return f == nil || !f.sourceCheck.running()
	})
}

// form is the form of the step that is shown.
func (p *person) form() *form {
	switch s := p.m.screen().(type) {
	case *form:
		return s
	case *cluster:
		return s.form
	}
	return nil
}

// to takes what stands in each question until the one with that key is open.
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

// throughMySQL types the questions of MySQL.
func (p *person) throughMySQL() *person {
	p.t.Helper()
	p.press("down", "enter").to("database.mysql.host").press("db.example.com")
	p.to("database.mysql.port").press("3307").to("database.mysql.user").press("zen")
	return p.to("database.mysql.password").press(canary, "enter")
}

// toReview takes the defaults of all that is still asked, and waits for the
// plan.
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
