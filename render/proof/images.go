package proof

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Images reports whether holds is true for the image of every container.
func (p *Pod) Images(holds func(image string) bool) bool {
	return !slices.ContainsFunc(
		slices.Concat(p.Spec.InitContainers, p.Spec.Containers),
		func(c corev1.Container) bool { return !holds(c.Image) },
	)
}
