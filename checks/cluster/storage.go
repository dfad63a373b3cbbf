package cluster

import (
	"context"
	"fmt"
	"strings"

	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

const defaultClass = "storageclass.kubernetes.io/is-default-class"

func checkStorage(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	claims := manifest.Find(r.Objects, "PersistentVolumeClaim", "")
	if len(claims) == 0 {
		return "no volume is asked for", nil
	}
	classes, err := storageClasses(ctx, e)
	if apierrors.IsForbidden(err) {
		return "", check.Skip("you may not list the StorageClasses")
	}
	if err != nil {
		return "", err
	}
	var found []string
	for _, claim := range claims {
		bound, err := bound(ctx, e, claim.GetName())
		if err != nil {
			return "", err
		}
		if bound {
			found = append(found, claim.GetName()+" is there already")
			continue
		}
		class, fault := storageClassOf(claim, classes)
		if fault != nil {
			return "", fault
		}
		found = append(found, claim.GetName()+" by "+class)
	}
	return check.JoinAnd(found), nil
}

func storageClasses(ctx context.Context, e *check.Env) ([]storagev1.StorageClass, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	found, err := client.StorageV1().StorageClasses().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, check.KubeError(err)
	}
	return found.Items, nil
}

// bound tells whether an earlier install left the claim, with its volume.
func bound(ctx context.Context, e *check.Env, claim string) (bool, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return false, err
	}
	found, err := client.CoreV1().PersistentVolumeClaims(e.Namespace()).Get(ctx, claim, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || apierrors.IsForbidden(err) {
		return false, nil
	}
	if err != nil {
		return false, check.KubeError(err)
	}
	return found.Spec.VolumeName != "", nil
}

// storageClassOf finds the class that would make the claim's volume.
func storageClassOf(claim manifest.Object, classes []storagev1.StorageClass) (string, *check.Fault) {
	var names []string
	for _, c := range classes {
		names = append(names, c.Name)
	}
	known := "there are " + check.JoinAnd(names)
	if len(names) == 0 {
		known = "there are none at all"
	}
	named, given, _ := unstructured.NestedString(claim.Object, "spec", "storageClassName")
	if given && named == "" {
		return "a volume that exists (its class is empty)", nil
	}
	if given {
		for _, c := range classes {
			if c.Name == named {
				return named, nil
			}
		}
		return "", &check.Fault{
			Found:  fmt.Sprintf("there is no StorageClass %s, which the volume %s asks for; %s", named, claim.GetName(), known),
			Remedy: "name one that exists, or none for the default: database.sqlite.storageClass, database.backup.volume.storageClass\nkubectl get storageclass",
		}
	}
	for _, c := range classes {
		if strings.EqualFold(c.Annotations[defaultClass], "true") {
			return c.Name + " (the default)", nil
		}
	}
	return "", &check.Fault{
		Found:  fmt.Sprintf("the volume %s asks for the default StorageClass, and no class is the default; %s", claim.GetName(), known),
		Remedy: "name one: database.sqlite.storageClass, database.backup.volume.storageClass\nor make one the default: kubectl annotate --overwrite storageclass NAME " + defaultClass + "=true",
	}
}
