package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/shell"
)

// Commands returns the shell commands (bash, zsh) that create the Secrets
// which the values reference and which the installer would have created. No
// secret is in them, nor does one become an argument of a process: they read
// exported environment variables, files, the terminal, or openssl, and need jq
// where several answers become one JSON text. The flags say which cluster
// kubectl means; without any it is the one of the current context.
func (d Document) Commands(flags ...string) []string {
	ours := group(slices.DeleteFunc(d.draft.ours(), func(n Need) bool { return n.Kept }))
	if len(ours) == 0 {
		return nil
	}
	namespace := d.draft.a.Cluster.Namespace
	kubectl := shell.Line(append([]string{"kubectl"}, flags...)...)
	commands := []string{fmt.Sprintf("%[1]s get namespace %[2]s >/dev/null 2>&1 || %[1]s create namespace %[2]s", kubectl, namespace)}
	for _, needs := range ours {
		var typed []string
		command := fmt.Sprintf("%s -n %s create secret generic %s", kubectl, namespace, needs[0].Name)
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
	case len(n.parts) > 0:
		return n.shellObject()
	case n.source.Env != "":
		return fmt.Sprintf(`<(printf %%s "$%s")`, n.source.Env), nil
	case n.source.File != "" && isPublic(n.Answer):
		return shell.Quote(n.source.File), nil
	case n.source.File != "":
		return fmt.Sprintf(`<(printf %%s "$(cat %s)")`, shell.Quote(n.source.File)), nil
	case n.source.Generate:
		return `<(printf %s "$(openssl rand -hex 32)")`, nil
	default:
		name, ask := typed(n.Key, n.Answer)
		return fmt.Sprintf(`<(printf %%s "$%s")`, name), []string{ask}
	}
}

// typed gives the command that asks for a secret on the terminal, and the
// variable that takes it.
func typed(key, answer string) (name, command string) {
	name = "ZENML_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(key))
	return name, fmt.Sprintf("read -rs %s && export %s   # %s", name, name, answer)
}

// shellObject has jq put a JSON object together: from its own environment and
// from files, so that nothing of it is an argument.
func (n Need) shellObject() (from string, ask []string) {
	var fields, files []string
	for _, p := range n.parts {
		value := ""
		switch {
		case p.secret == nil:
			value = jsonText(*p.text)
		case p.secret.Env != "":
			value = "env." + p.secret.Env
		case p.secret.File != "":
			name := "f" + strconv.Itoa(len(files))
			files = append(files, fmt.Sprintf("--rawfile %s %s", name, shell.Quote(p.secret.File)))
			value = "($" + name + ` | rtrimstr("\n"))`
		default:
			name, command := typed(p.name, n.Answer+"."+p.answer)
			ask = append(ask, command)
			value = "env." + name
		}
		fields = append(fields, p.name+": "+value)
	}
	return fmt.Sprintf("<(jq -nc %s)", strings.TrimSpace(strings.Join(files, " ")+" "+shell.Quote("{"+strings.Join(fields, ", ")+"}"))), ask
}

func jsonText(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(data)
}

func isPublic(key string) bool {
	f, ok := answers.FieldByKey(key)
	return ok && f.Kind == answers.Content
}
