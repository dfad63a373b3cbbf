package supply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
)

func checkImage(ctx context.Context, e *check.Env) (string, error) {
	pods := release.PodSpecs(release.RenderedObjects(ctx, e))
	var found []string
	for _, pod := range pods {
		for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
			if slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, container.Image+" ") }) {
				continue
			}
			architectures, err := imageFor(ctx, e, container.Image, pod)
			if err != nil {
				return "", err
			}
			found = append(found, container.Image+" for "+check.JoinAnd(architectures))
		}
	}
	if len(found) == 0 {
		return "", check.Skip("the chart renders no pods")
	}
	return strings.Join(found, "\n"), nil
}

// imageFor returns the architectures of an image in its registry.
func imageFor(ctx context.Context, e *check.Env, image string, pod corev1.PodSpec) ([]string, error) {
	if e.Bundle != nil {
		bundled := e.Bundle(image)
		if !bundled.Found {
			return nil, notBundled(image)
		}
		if has := architecturesOf(bundled.Platforms); len(has) > 0 {
			return has, architectureFault(ctx, e, image, has, pod.NodeSelector)
		}
	}
	ask, err := newRegistryQuestion(ctx, e, image, pod)
	if err != nil {
		return nil, err
	}
	has, err := ask.architectures(ctx, ask.nodes)
	if isLoginRefused(err) && e.Keychain != nil {
		if has, own := ask.architectures(ctx, e.Keychain); own == nil {
			return nil, ask.private(has)
		}
	}
	if err != nil {
		return nil, ask.fault(ctx, err)
	}
	return has, architectureFault(ctx, e, image, has, pod.NodeSelector)
}

// architecturesOf returns the architectures of platforms for Linux.
func architecturesOf(platforms []string) []string {
	var has []string
	for _, p := range platforms {
		parts := strings.Split(p, "/")
		if parts[0] == "linux" && len(parts) > 1 && !slices.Contains(has, parts[1]) {
			has = append(has, parts[1])
		}
	}
	return has
}

func notBundled(image string) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("the bundle does not contain %s", image),
		Reason:  "the answers select another image than those with which the bundle was written",
		Remedy: "write the bundle again with these answers: zenml-installer generate -f answers.yaml --bundle DIR" +
			"\nor use the answers of the bundle: remove server.image.tag and the images in values",
	}
}

// architectureFault compares the image's architectures with those of the nodes that
// can run it.
func architectureFault(
	ctx context.Context, e *check.Env, image string, has []string, selector map[string]string,
) error {
	if e.Cluster == nil {
		return nil
	}
	nodes, err := nodeArchitectures(ctx, e, selector)
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
	return mismatch(image, has, with, without)
}

func mismatch(image string, has, with, without []string) *check.Fault {
	wanted := check.JoinAnd(without)
	fault := &check.Fault{
		Summary: fmt.Sprintf("%s supports %s, and the nodes are %s", image, check.JoinAnd(has), wanted),
		Reason:  "the image does not run there: no matching manifest, or exec format error",
		Remedy: "set server.image.repository and server.image.tag to an image for " + wanted +
			"\nor run on other nodes: server.nodeSelector",
	}
	if len(with) > 0 {
		fault.Warn = true
		fault.Summary = fmt.Sprintf("%s supports %s, and some nodes are %s", image, check.JoinAnd(has), wanted)
		fault.Remedy = fmt.Sprintf("use only the other nodes: server: {nodeSelector: {%s: %s}}",
			corev1.LabelArchStable, with[0])
	}
	return fault
}
