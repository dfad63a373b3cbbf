package render

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// image writes where the server's image comes from.
func image(d *draft) {
	i := d.a.Server.Image
	if i.Repository != "" || i.Tag != "" {
		d.comment("image", "The server's image (server.image).")
	}
	if i.Repository != "" {
		d.set("image.repository", i.Repository, "server.image.repository").
			prove(podsShow("every image is "+i.Repository, func(p *pod) bool {
				return p.images(func(image string) bool { return strings.HasPrefix(image, i.Repository+":") })
			}))
	}
	if i.Tag != "" {
		d.set("image.tag", i.Tag, "server.image.tag").
			prove(podsShow("every image's tag is "+i.Tag, func(p *pod) bool {
				return p.images(func(image string) bool { return strings.HasSuffix(image, ":"+i.Tag) })
			}))
	}
	if i.PullPolicy != "" {
		d.set("image.pullPolicy", i.PullPolicy, "server.image.pullPolicy").
			prove(podsShow("every pull policy is "+i.PullPolicy, func(p *pod) bool {
				return !slices.ContainsFunc(slices.Concat(p.spec.InitContainers, p.spec.Containers), func(c corev1.Container) bool { return string(c.ImagePullPolicy) != i.PullPolicy })
			}))
	}
	if len(i.PullSecrets) == 0 {
		return
	}
	var refs []any
	for _, name := range i.PullSecrets {
		refs = append(refs, map[string]any{"name": name})
	}
	d.commentTop("imagePullSecrets", "They log into the image's registry (server.image.pullSecrets).")
	d.setTop("imagePullSecrets", refs, "server.image.pullSecrets").
		prove(podsShow("the pods use the pull secrets", func(p *pod) bool {
			var names []string
			for _, s := range p.spec.ImagePullSecrets {
				names = append(names, s.Name)
			}
			return slices.Equal(names, i.PullSecrets)
		}))
}

// images tells whether something holds of the image of every container.
func (p *pod) images(holds func(image string) bool) bool {
	return !slices.ContainsFunc(slices.Concat(p.spec.InitContainers, p.spec.Containers), func(c corev1.Container) bool { return !holds(c.Image) })
}
