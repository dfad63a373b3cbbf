package wizard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// keyFile is where the encryption keys are saved if the user asks for it.
const keyFile = "zenml-encryption-key.txt"

// Key is a generated key that encrypts the server's secrets.
type Key struct {
	Secret string // where it is stored: "Secret zenml-server-key in namespace zenml"
	Text   secret.Text
}

type (
	keysMsg struct {
		keys []Key
		err  error
	}
	keysSavedMsg struct{ err error }
)

// hasNewKeys reports whether this install has generated keys that the user must
// keep.
func (c *connecting) hasNewKeys() bool {
	return !c.outcome.Install.Upgraded() && len(values.EncryptionKeys(c.responses.Answers())) > 0
}

// readKeys reads the keys from the cluster.
func (c *connecting) readKeys() (move, tea.Cmd) {
	a := c.responses.Answers()
	_, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		keys, err := c.engine.EncryptionKeys(ctx, a)
		return keysMsg{keys, err}
	})
	return move{}, cmd
}

// showKeys shows the keys once, in a dialog.
func (c *connecting) showKeys(msg keysMsg) {
	if msg.err != nil {
		c.note = "Could not read the key: " + msg.err.Error()
		return
	}
	var lines []string
	for _, key := range msg.keys {
		lines = append(lines, key.Text.Reveal()+"\n"+c.styles.Muted.Render("from "+key.Secret))
	}
	save := option{"s", "Save it in " + keyFile, func() (move, tea.Cmd) { return move{}, c.saveKeys(msg.keys) }}
	c.openDialog("Keep the encryption key safe.", "Without it, the secrets that the server stores cannot be "+
		"decrypted. The cluster has the key in the Secret below.\n\n"+strings.Join(lines, "\n\n"),
		save, option{"", "Close", nil})
}

func (c *connecting) saveKeys(keys []Key) tea.Cmd {
	_, cmd := c.begin(c, func(context.Context, func(tea.Msg)) tea.Msg {
		return keysSavedMsg{c.engine.SaveKeys(keyFile, keys)}
	})
	return cmd
}

// keysSaved reports the result.
func (c *connecting) keysSaved(err error) {
	switch {
	case errors.Is(err, fs.ErrExist):
		c.note = keyFile + " already exists and was not changed. Move it away, then press k again."
	case err != nil:
		c.note = fmt.Sprintf("Could not write %s: %v", keyFile, err)
	default:
		c.note = "Saved the encryption key in " + keyFile + ", which only you can read."
	}
}
