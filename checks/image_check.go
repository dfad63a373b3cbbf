package checks

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

func supplyImage(ctx context.Context, e *Env) (string, error) {
	pods := podSpecs(e.renderedObjects(ctx))
	var found []string
	for _, pod := range pods {
		for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
			if slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, container.Image+" ") }) {
				continue
			}
			architectures, err := e.imageFor(ctx, container.Image, pod)
			if err != nil {
				return "", err
			}
			found = append(found, container.Image+" for "+list(architectures))
		}
	}
	if len(found) == 0 {
		return "", Skip("the chart renders no pods")
	}
	return strings.Join(found, "\n"), nil
}

// imageFor asks the registry for an image and returns its architectures.
func (e *Env) imageFor(ctx context.Context, image string, pod corev1.PodSpec) ([]string, error) {
	ask, err := e.registryQuestion(ctx, image, pod)
	if err != nil {
		return nil, err
	}
	has, err := ask.architectures(ctx, ask.nodes)
	if loginRefused(err) && e.Keychain != nil {
		if has, own := ask.architectures(ctx, e.Keychain); own == nil {
			return nil, ask.private(has)
		}
	}
	if err != nil {
		return nil, ask.fault(ctx, err)
	}
	return has, e.architectureFault(ctx, image, has, pod.NodeSelector)
}

// architectureFault holds the image's architectures to those of the nodes that
// may run it. Without a cluster there is nothing to hold them to.
func (e *Env) architectureFault(ctx context.Context, image string, has []string, selector map[string]string) error {
	if e.Cluster == nil {
		return nil
	}
	nodes, err := e.nodeArchitectures(ctx, selector)
	if err != nil {
		return err
	}
	var with, without []string
	for _, architecture := range nodes {
		if slices.Contains(has, architecture) {
			with = append(with, architecture)
			continue
		}
		without = append(without, architecture)
	}
	if len(without) == 0 {
		return nil
	}
	fault := &Fault{Found: fmt.Sprintf("%s is made for %s, and the nodes are %s", image, list(has), list(without)),
		Why: "its programs do not run there: no matching manifest, or exec format error", Remedy: "choose an image for " + list(without) + ": server: {image: {repository: …, tag: …}}"}
	if len(with) > 0 {
		fault.Warn = true
		fault.Found = fmt.Sprintf("%s is made for %s, and some nodes are %s", image, list(has), list(without))
		fault.Remedy = fmt.Sprintf("server: {nodeSelector: {%s: %s}}", corev1.LabelArchStable, with[0])
	}
	return fault
}
