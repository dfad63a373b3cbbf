package question

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Explain returns the help page of a question.
func Explain(q Question) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(q.Help)
	add(q.Why)
	var options []string
	for _, o := range q.Choices {
		if o.Help != "" {
			options = append(options, o.Title+": "+o.Help)
		}
	}
	add(strings.Join(options, "\n"))
	if q.Default != "" && len(q.Choices) == 0 {
		add("Default: " + q.Default)
	}
	switch {
	case q.Kept != "":
		add("Leave it empty to keep the key of the previous install, which is in Secret " + q.Kept + ".")
	case q.Generable:
		add("Leave it empty to generate a random one. Type " + GenerateKeyword + " to replace the current one.")
	}
	switch q.Kind {
	case answers.Secret:
		add("Type it here (it is not shown), or enter where to read it: env:NAME for an environment variable, " +
			"file:PATH for a local file, or secret:NAME/KEY for an existing Secret in the namespace. If the secret " +
			"itself starts like this, prefix it with " + LiteralPrefix)
	case answers.Content:
		add("Enter the name of a local file, env:NAME for an environment variable, or secret:NAME/KEY for an " +
			"existing Secret in the namespace.")
	}
	if !strings.HasPrefix(q.Key, "@") {
		add("Answers key: " + q.Key)
	}
	return strings.Join(parts, "\n\n")
}
