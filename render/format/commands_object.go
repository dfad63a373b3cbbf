package format

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/shell"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// shellObject has jq put a JSON object together: from its own environment and
// from files, so that nothing of it is an argument. jq fails with what is
// missing, and so does the shell that waits for its text.
func shellObject(n values.Need, dir string) (from string, before []string) {
	var fields, environment, files []string
	for _, p := range n.Parts {
		value := ""
		switch {
		case p.Secret == nil:
			value = jsonText(*p.Text)
		case p.Secret.Env != "":
			environment = append(environment, handedOn(p.Secret.Env))
			value = "env." + p.Secret.Env
		case p.Secret.File != "":
			name := "f" + strconv.Itoa(len(files))
			files = append(files, fmt.Sprintf(" --rawfile %s %s", name, shell.Quote(p.Secret.Path(dir))))
			value = "($" + name + ` | rtrimstr("\n") | rtrimstr("\r"))`
		default:
			name := variableFor(p.Name)
			before = append(before, typed(name, n.Answer+"."+p.Answer))
			environment = append(environment, handedOn(name))
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
	return printed(needVariable(n)), append(before, needVariable(n)+"=$("+jq+")")
}

// handedOn puts a variable, which need not be exported, into the environment
// of one command, and fails when it is unset or empty.
func handedOn(name string) string { return fmt.Sprintf(`%s="${%s:?}" `, name, name) }

func jsonText(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(data)
}
