package values

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/render/proof"
)

// image sets the server's image.
func image(d *draft) {
	i := d.a.Server.Image
	if i.Repository != "" || i.Tag != "" {
		d.comment("image", "The server's image (server.image).")
	}
	if i.Repository != "" {
		d.set("image.repository", i.Repository, "server.image.repository").
			prove(proof.Pods("every image is "+i.Repository, func(p *proof.Pod) bool {
				return p.Images(func(image string) bool { return strings.HasPrefix(image, i.Repository+":") })
			}))
	}
	if i.Tag != "" {
		d.set("image.tag", i.Tag, "server.image.tag").
			prove(proof.Pods("every image's tag is "+i.Tag, func(p *proof.Pod) bool {
				return p.Images(func(image string) bool { return strings.HasSuffix(image, ":"+i.Tag) })
			}))
	}
	if i.PullPolicy != "" {
		d.set("image.pullPolicy", i.PullPolicy, "server.image.pullPolicy").
			prove(proof.Pods("every pull policy is "+i.PullPolicy, func(p *proof.Pod) bool {
				return !slices.ContainsFunc(
					slices.Concat(p.Spec.InitContainers, p.Spec.Containers),
					func(c corev1.Container) bool { return string(c.ImagePullPolicy) != i.PullPolicy },
				)
			}))
	}
	if len(i.PullSecrets) == 0 {
		return
	}
	var refs []any
	for _, name := range i.PullSecrets {
		refs = append(refs, map[string]any{"name": name})
	}
	d.commentTop("imagePullSecrets", "Logins to the image's registry (server.image.pullSecrets).")
	d.setTop("imagePullSecrets", refs, "server.image.pullSecrets").
		prove(proof.Pods("the pods use the pull secrets", func(p *proof.Pod) bool {
			var names []string
			for _, s := range p.Spec.ImagePullSecrets {
				names = append(names, s.Name)
			}
			return slices.Equal(names, i.PullSecrets)
		}))
}
