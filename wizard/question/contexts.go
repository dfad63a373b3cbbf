package question

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// ContextKey is the field that says which cluster.
const ContextKey = "cluster.context"

// Contexts offers the kubeconfig's contexts as the clusters to choose from.
// The current one is the answer when there is none.
func (s *Responses) SetContexts(contexts []kube.Context) {
	var options []answers.Option
	for _, c := range contexts {
		options = append(options, answers.Option{Value: c.Name, Title: c.Name, Help: c.Server})
		if c.Current && s.Typed(ContextKey) == "" {
			s.Type(ContextKey, c.Name)
		}
	}
	s.SetChoices(ContextKey, options)
}
