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

// Commands returns the shell commands (bash, zsh) that create the Secrets that
// the installer would have created. They contain no secret and pass none as an
// argument: they read environment variables, files, the terminal or openssl,
// and use jq to combine several answers into one JSON text.
//
// Each Secret is created in a subshell, which exits before it runs kubectl if
// content is missing. flags select kubectl's cluster; the default is the
// current context.
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

// shellSource returns the argument from which kubectl reads the content and the
// commands to run first. Relative paths are based on dir.
func shellSource(n values.Need, dir string) (from string, before []string) {
	switch {
	case len(n.Parts) > 0:
		return shellObject(n, dir)
	case n.Source.Env != "":
		return printVariable(n.Source.Env), []string{requireVariable(n.Source.Env)}
	case n.Source.File != "":
		return shellFile(n, n.Source.Path(dir))
	case n.Source.Generate:
		name := needVariable(n)
		return printVariable(name), []string{name + "=$(openssl rand -hex 32)"}
	default:
		name := needVariable(n)
		return printVariable(name), []string{promptSecret(name, n.Answer), requireVariable(name)}
	}
}

// shellFile reads a file like an answers file does: without the final line
// break. Certificates and PEM keys are read unchanged.
func shellFile(n values.Need, path string) (from string, before []string) {
	verbatim := isPublic(n.Answer) || filepath.Ext(n.Key) == ".pem"
	if verbatim && !strings.Contains(path, "=") { // kubectl would split the path at "="
		return shell.Quote(path), nil
	}
	name := needVariable(n)
	text := fmt.Sprintf(
		"t=$(cat %s && printf .) t=${t%%.}",
		shell.Quote(path),
	) // the dot preserves trailing line breaks
	if verbatim {
		return printVariable(name), []string{text + " " + name + "=$t"}
	}
	return printVariable(name), []string{fmt.Sprintf(`%s t=${t%%$'\n'} %s=${t%%$'\r'}`, text, name)}
}

// needVariable returns the shell variable for the content.
func needVariable(n values.Need) string { return variableFor(n.Key) }

func variableFor(key string) string {
	return "ZENML_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(key))
}

// printVariable prints a variable without a line break.
func printVariable(name string) string { return fmt.Sprintf(`<(printf %%s "$%s")`, name) }

// requireVariable fails if a variable is unset or empty.
func requireVariable(name string) string { return fmt.Sprintf(`: "${%s:?}"`, name) }

// promptSecret reads a secret from the terminal.
func promptSecret(name, answer string) string {
	return fmt.Sprintf("printf '%%s: ' %s >&2 && IFS= read -rs %s", answer, name)
}

func isPublic(key string) bool {
	f, ok := answers.FieldByKey(key)
	return ok && f.Kind == answers.Content
}
