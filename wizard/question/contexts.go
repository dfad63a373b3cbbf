package question

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// ContextKey is the key of the field that names the cluster.
const ContextKey = "cluster.context"

// SetContexts offers the kubeconfig's contexts as choices. The current context
// is the answer if there is none yet.
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
