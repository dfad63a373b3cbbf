package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Commands returns the shell commands (bash, zsh) that create the Secrets
// which the values reference and which the installer would have created. No
// secret is in them, nor does one become an argument of a process: they read
// environment variables, files, the terminal or openssl.
func (d Document) Commands() []string {
	ours := group(slices.DeleteFunc(d.draft.ours(), func(n Need) bool { return n.Kept }))
	if len(ours) == 0 {
		return nil
	}
	namespace := d.draft.a.Cluster.Namespace
	commands := []string{fmt.Sprintf("kubectl get namespace %s >/dev/null 2>&1 || kubectl create namespace %s", namespace, namespace)}
	for _, needs := range ours {
		var typed []string
		command := fmt.Sprintf("kubectl -n %s create secret generic %s", namespace, needs[0].Name)
		for _, n := range needs {
			from, ask := n.shell()
			typed = append(typed, ask...)
			command += fmt.Sprintf(" \\\n  --from-file=%s=%s", n.Key, from)
		}
		commands = append(append(commands, typed...), command)
	}
	return commands
}

// shell says where a shell reads the content from, and what it must ask first.
func (n Need) shell() (from string, ask []string) {
	switch {
	case n.source.Env != "":
		return fmt.Sprintf(`<(printf %%s "$%s")`, n.source.Env), nil
	case n.source.File != "" && isPublic(n.Answer):
		return quote(n.source.File), nil
	case n.source.File != "":
		return fmt.Sprintf(`<(printf %%s "$(cat %s)")`, quote(n.source.File)), nil
	case n.source.Generate:
		return `<(printf %s "$(openssl rand -hex 32)")`, nil
	default:
		name := "ZENML_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(n.Key))
		return fmt.Sprintf(`<(printf %%s "$%s")`, name), []string{fmt.Sprintf("read -rs %s   # %s", name, n.Answer)}
	}
}

func isPublic(key string) bool {
	f, ok := answers.FieldByKey(key)
	return ok && f.Kind == answers.Content
}

// quote makes text one word of a shell.
func quote(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-", r)
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
