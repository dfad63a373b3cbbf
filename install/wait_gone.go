package install

import (
	"context"
	"fmt"
	"strings"
	"time"

	helmkube "helm.sh/helm/v3/pkg/kube"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/cli-runtime/pkg/resource"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// silence is how long a deletion may take before the run says what it waits for.
const silence = 3 * time.Second

// waitGone waits until the objects are deleted, and says which ones are not yet.
func waitGone(ctx context.Context, resources helmkube.ResourceList, emit func(event.Event)) error {
	left, told, since := resources, "", time.Now()
	err := pollPatiently(ctx, func() (bool, error) {
		var err error
		if left, err = existing(left); err != nil || len(left) == 0 {
			return err == nil, err
		}
		text := fmt.Sprintf("deleted %d of %d objects, waiting for %s", len(resources)-len(left), len(resources),
			describeLeft(left))
		if text != told && time.Since(since) > silence {
			told = text
			emit(event.Notice{Text: text})
		}
		return false, nil
	})
	if err != nil && len(left) > 0 {
		return fmt.Errorf("waiting for the deletion of %s: %w", describeLeft(left), err)
	}
	return err
}

// existing returns the objects that still exist, the first of which is read again.
func existing(resources helmkube.ResourceList) (helmkube.ResourceList, error) {
	for i, info := range resources {
		err := info.Get()
		if apierrors.IsNotFound(err) {
			continue
		}
		return resources[i:], err
	}
	return nil, nil
}

// describeLeft names the first object, and the finalizers that keep it.
func describeLeft(left helmkube.ResourceList) string {
	text := objectOf(left[0]).String()
	if finalizers := finalizersOf(left[0]); len(finalizers) > 0 {
		text += " (finalizers: " + strings.Join(finalizers, ", ") + ")"
	}
	if n := len(left) - 1; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

func finalizersOf(info *resource.Info) []string {
	if info.Object == nil {
		return nil
	}
	object, err := meta.Accessor(info.Object)
	if err != nil {
		return nil
	}
	return object.GetFinalizers()
}
