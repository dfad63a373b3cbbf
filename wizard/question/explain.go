package question

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Explain is everything that is known about a question: the page behind "?".
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
		add("Left empty it is " + q.Default + ".")
	}
	if q.Generable {
		add("Left empty a random one is made; " + GenerateKeyword + " asks for one in place of another.")
	}
	switch q.Kind {
	case answers.Secret:
		add("Type it here; it is never shown. Or name where it is: env:NAME for an environment variable, file:PATH for a file on this machine, secret:NAME/KEY for a Secret that exists in the namespace. A secret that itself begins like that is typed after " + LiteralPrefix)
	case answers.Content:
		add("Give the name of a file on this machine, env:NAME for an environment variable, or secret:NAME/KEY for a Secret that exists in the namespace.")
	}
	if !strings.HasPrefix(q.Key, "@") {
		add("In an answers file: " + q.Key)
	}
	return strings.Join(parts, "\n\n")
}
