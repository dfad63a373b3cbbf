package format

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/shell"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// shellObject builds a JSON object with jq, which reads secrets from its
// environment and from files, never from arguments. A missing secret makes jq
// and the subshell fail.
func shellObject(n values.Need, dir string) (from string, before []string) {
	var fields, environment, files []string
	for _, p := range n.Parts {
		value := ""
		switch {
		case p.Secret == nil:
			value = jsonText(*p.Text)
		case p.Secret.Env != "":
			environment = append(environment, passVariable(p.Secret.Env))
			value = "env." + p.Secret.Env
		case p.Secret.File != "":
			name := "f" + strconv.Itoa(len(files))
			files = append(files, fmt.Sprintf(" --rawfile %s %s", name, shell.Quote(p.Secret.Path(dir))))
			value = "($" + name + ` | rtrimstr("\n") | rtrimstr("\r"))`
		default:
			name := variableFor(p.Name)
			before = append(before, promptSecret(name, n.Answer+"."+p.Answer))
			environment = append(environment, passVariable(name))
			value = "env." + name
		}
		fields = append(fields, p.Name+": "+value)
	}
	jq := fmt.Sprintf(
		"%sjq -nc%s %s",
		strings.Join(environment, ""),
		strings.Join(files, ""),
		shell.Quote("{"+strings.Join(fields, ", ")+"}"),
	)
	return printVariable(needVariable(n)), append(before, needVariable(n)+"=$("+jq+")")
}

// passVariable sets a variable in the environment of one command. It fails if
// the variable is unset or empty.
func passVariable(name string) string { return fmt.Sprintf(`%s="${%s:?}" `, name, name) }

func jsonText(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(data)
}
