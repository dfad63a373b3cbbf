package format

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/shell"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// Commands returns the shell commands (bash, zsh) that create the Secrets
// which the values reference and which the installer would have created. No
// secret is in them, nor does one become an argument of a process: they read
// environment variables, files, the terminal, or openssl, and need jq where
// several answers become one JSON text.
//
// Each Secret is made in a shell of its own that fails as a whole: what is
// missing ends it before kubectl is asked for anything. The flags say which
// cluster kubectl means; without any it is the one of the current context.
func Commands(d values.Document, flags ...string) []string {
	ours := values.BySecret(slices.DeleteFunc(d.Ours(), func(n values.Need) bool { return n.Kept }))
	if len(ours) == 0 {
		return nil
	}
	namespace := d.Answers().Cluster.Namespace
	kubectl := shell.Line(append([]string{"kubectl"}, flags...)...)
	commands := []string{
		fmt.Sprintf("%[1]s get namespace %[2]s >/dev/null 2>&1 || %[1]s create namespace %[2]s", kubectl, namespace),
	}
	for _, needs := range ours {
		var steps []string
		command := fmt.Sprintf("%s -n %s create secret generic %s", kubectl, namespace, needs[0].Name)
		for _, n := range needs {
			from, before := shellSource(n, d.Dir())
			steps = append(steps, before...)
			command += fmt.Sprintf(" \\\n    --from-file=%s=%s", n.Key, from)
		}
		steps = append(
			steps,
			command,
			manifest.LabelSecret(namespace, needs[0].Name, d.Answers().Cluster.Release, flags...),
		)
		commands = append(commands, "("+strings.Join(steps, " &&\n  ")+")")
	}
	return commands
}

// shell says where a shell reads the content from, and what it must do before.
// Relative names of files start at dir.
func shellSource(n values.Need, dir string) (from string, before []string) {
	switch {
	case len(n.Parts) > 0:
		return shellObject(n, dir)
	case n.Source.Env != "":
		return printed(n.Source.Env), []string{given(n.Source.Env)}
	case n.Source.File != "":
		return shellFile(n, n.Source.Path(dir))
	case n.Source.Generate:
		name := needVariable(n)
		return printed(name), []string{name + "=$(openssl rand -hex 32)"}
	default:
		name := needVariable(n)
		return printed(name), []string{typed(name, n.Answer), given(name)}
	}
}

// shellFile reads a file as answers are read: without its last line break. A
// certificate or key in PEM is taken as it lies there.
func shellFile(n values.Need, path string) (from string, before []string) {
	asItIs := isPublic(n.Answer) || filepath.Ext(n.Key) == ".pem"
	if asItIs && !strings.Contains(path, "=") { // kubectl would cut the name there
		return shell.Quote(path), nil
	}
	name := needVariable(n)
	text := fmt.Sprintf(
		"t=$(cat %s && printf .) t=${t%%.}",
		shell.Quote(path),
	) // the point keeps line breaks at the end
	if asItIs {
		return printed(name), []string{text + " " + name + "=$t"}
	}
	return printed(name), []string{fmt.Sprintf(`%s t=${t%%$'\n'} %s=${t%%$'\r'}`, text, name)}
}

// variable is the variable of the shell that holds the content for a moment.
func needVariable(n values.Need) string { return variableFor(n.Key) }

func variableFor(key string) string {
	return "ZENML_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(key))
}

// printed hands a variable's content on without a line break.
func printed(name string) string { return fmt.Sprintf(`<(printf %%s "$%s")`, name) }

// given fails when a variable is unset or empty.
func given(name string) string { return fmt.Sprintf(`: "${%s:?}"`, name) }

// typed asks for a secret on the terminal.
func typed(name, answer string) string {
	return fmt.Sprintf("printf '%%s: ' %s >&2 && IFS= read -rs %s", answer, name)
}

func isPublic(key string) bool {
	f, ok := answers.FieldByKey(key)
	return ok && f.Kind == answers.Content
}
