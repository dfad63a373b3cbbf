package wizard

import (
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// advanced lists the settings that most installs leave alone, by topic. Enter opens
// a topic or a setting; typing searches all of them.
type advanced struct {
	*session
	pane    pane
	topic   string // the open topic, if any
	search  string
	at      int   // the row with the cursor
	editing *form // the open setting, if any
	visited bool
}

// advancedRow is a line of the list: a topic, a setting, or neither, which goes on
// to the next step.
type advancedRow struct {
	topic   string
	setting question.Question
}

func (r advancedRow) isSetting() bool { return r.setting.Key != "" }

func newAdvanced(s *session) *advanced {
	return &advanced{session: s, pane: pane{styles: s.styles}}
}

func (a *advanced) enter(key string) tea.Cmd {
	a.visited, a.editing, a.search = true, nil, ""
	if key == "" {
		a.at = 0
		return nil
	}
	return a.edit(key)
}

// rows returns the lines of the list, or what the search finds.
func (a *advanced) rows() []advancedRow {
	settings := a.responses.Advanced()
	if a.search != "" {
		var found []advancedRow
		for _, q := range settings {
			if q.Matches(a.search) {
				found = append(found, advancedRow{setting: q})
			}
		}
		return found
	}
	rows := []advancedRow{{}}
	for _, topic := range answers.Topics() {
		rows = append(rows, advancedRow{topic: topic})
		for _, q := range settings {
			if topic == a.topic && q.Topic() == topic {
				rows = append(rows, advancedRow{setting: q})
			}
		}
	}
	return rows
}

func (a *advanced) update(msg tea.Msg) (move, tea.Cmd) {
	if a.editing != nil {
		to, cmd := a.editing.update(msg)
		if to.kind != stay {
			a.close()
		}
		if to.kind == jump {
			return to, cmd
		}
		return move{}, cmd
	}
	if key, ok := msg.(tea.KeyMsg); ok {
		return a.key(key)
	}
	return move{}, nil
}

func (a *advanced) wantsMouse() bool { return a.editing == nil || a.editing.wantsMouse() }

// click selects the row in a line, and opens the one that is selected already.
func (a *advanced) click(column, line int) (move, tea.Cmd) {
	if a.editing != nil {
		return a.editing.click(column, line)
	}
	rows := a.rows()
	at := line - lipgloss.Height(a.head(len(rows), a.measure)) - 1 + a.pane.offset
	switch {
	case at < a.pane.offset || at >= len(rows):
		return move{}, nil
	case at == a.at:
		return a.choose(rows[at])
	}
	a.at = at
	return move{}, nil
}

// close returns from a setting to its topic, with the cursor on the setting.
func (a *advanced) close() {
	key := a.editing.only
	a.editing, a.search = nil, ""
	if i := slices.IndexFunc(a.rows(), func(r advancedRow) bool { return r.setting.Key == key }); i >= 0 {
		a.at = i
	}
}

func (a *advanced) key(msg tea.KeyMsg) (move, tea.Cmd) {
	rows := a.rows()
	a.at = min(a.at, max(len(rows)-1, 0))
	switch name := msg.String(); name {
	case "up", "shift+tab":
		a.at = max(a.at-1, 0)
	case "down", "tab":
		a.at = min(a.at+1, max(len(rows)-1, 0))
	case "home":
		a.at = 0
	case "end":
		a.at = max(len(rows)-1, 0)
	case "esc":
		return a.goBack(), nil
	case "enter":
		if len(rows) > 0 {
			return a.choose(rows[a.at])
		}
	case "backspace":
		letters := []rune(a.search)
		a.searchFor(string(letters[:max(len(letters)-1, 0)]))
	default:
		if msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace && a.search != "" {
			a.searchFor(a.search + printable(msg.Runes))
		}
	}
	return move{}, nil
}

// mostSearched limits the search, which a pasted text may exceed.
const mostSearched = 60

func (a *advanced) searchFor(text string) {
	letters := []rune(text)
	a.search, a.at = string(letters[:min(len(letters), mostSearched)]), 0
}

// printable drops what is not text, and the slash that starts a search elsewhere.
func printable(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, string(runes))
}

// goBack clears the search, closes the topic, or leaves the step.
func (a *advanced) goBack() move {
	switch {
	case a.search != "":
		a.searchFor("")
	case a.topic != "":
		topic := a.topic
		a.topic = ""
		a.at = slices.IndexFunc(a.rows(), func(r advancedRow) bool { return r.topic == topic })
	default:
		return move{kind: back}
	}
	return move{}
}

func (a *advanced) choose(row advancedRow) (move, tea.Cmd) {
	switch {
	case row.isSetting():
		return move{}, a.edit(row.setting.Key)
	case row.topic == "":
		return a.finish()
	case row.topic == a.topic:
		a.topic = ""
	default:
		a.topic = row.topic
		a.at = slices.IndexFunc(a.rows(), func(r advancedRow) bool { return r.topic == row.topic })
	}
	return move{}, nil
}

// finish goes on, unless a setting is still needed.
func (a *advanced) finish() (move, tea.Cmd) {
	if fault, bad := a.responses.FirstFault(answers.StepAdvanced); bad {
		return move{}, a.edit(fault.Key)
	}
	if a.resumeAt != "" {
		return a.resumeMove(), nil
	}
	return move{kind: next}, nil
}

// edit opens a setting.
func (a *advanced) edit(key string) tea.Cmd {
	q, applies := a.responses.ByKey(key)
	if !applies {
		return nil
	}
	a.topic = q.Topic()
	a.editing = newForm(a.session, answers.StepAdvanced)
	a.editing.only = key
	return a.editing.enter(key)
}

func (a *advanced) state() state {
	switch _, bad := a.responses.FirstFault(answers.StepAdvanced); {
	case bad:
		return open
	case !a.visited && !a.wasPassed(step(answers.StepAdvanced)):
		return later
	}
	return a.stepState(step(answers.StepAdvanced))
}

func (a *advanced) resize() {
	if a.editing != nil {
		a.editing.resize()
	}
}

// isTyping reports whether a question mark is input: in a setting, or in a search.
func (a *advanced) isTyping() bool {
	if a.editing != nil {
		return a.editing.isTyping()
	}
	return a.search != ""
}

func (a *advanced) keys() []binding {
	switch {
	case a.editing != nil:
		return a.editing.keys()
	case a.search != "":
		return []binding{{"↑↓", "choose"}, {"enter", "change"}, {"esc", "clear the search"}}
	}
	return []binding{{"↑↓", "choose"}, {"enter", "open"}, {"type", "to search"}, {"esc", "back"}, {"?", "help"}}
}

func (a *advanced) about() (title, text string) {
	if a.editing != nil {
		return a.editing.about()
	}
	return "Advanced settings", "What most installs leave alone: certificates, backups, resources, images, " +
		"annotations, authentication, raw chart values. Press enter on the first line to continue without any.\n\n" +
		"Only the settings that apply to your other answers are listed. Type a word to search their names and " +
		"descriptions."
}
