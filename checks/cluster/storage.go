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
		return "no volume is needed", nil
	}
	classes, err := storageClasses(ctx, e)
	if apierrors.IsForbidden(err) {
		return "", check.Skip("you cannot list the StorageClasses")
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
			found = append(found, claim.GetName()+" is already bound")
			continue
		}
		class, fault := storageClassOf(claim, classes)
		if fault != nil {
			return "", fault
		}
		found = append(found, claim.GetName()+" from "+class)
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

// bound reports whether the claim exists and is bound to a volume of a previous
// install.
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

// storageClassOf returns the class that provisions the claim's volume.
func storageClassOf(claim manifest.Object, classes []storagev1.StorageClass) (string, *check.Fault) {
	var names []string
	for _, c := range classes {
		names = append(names, c.Name)
	}
	known := "the cluster has " + check.JoinAnd(names)
	if len(names) == 0 {
		known = "the cluster has none"
	}
	named, given, _ := unstructured.NestedString(claim.Object, "spec", "storageClassName")
	if given && named == "" {
		return "an existing volume (its class is empty)", nil
	}
	if given {
		for _, c := range classes {
			if c.Name == named {
				return named, nil
			}
		}
		return "", &check.Fault{
			Summary: fmt.Sprintf("the volume %s needs the StorageClass %s, which does not exist; %s",
				claim.GetName(), named, known),
			Remedy: "fix database.sqlite.storageClass or database.backup.volume.storageClass, " +
				"or leave it out to use the default class; list the classes with kubectl get storageclass",
		}
	}
	for _, c := range classes {
		if strings.EqualFold(c.Annotations[defaultClass], "true") {
			return c.Name + " (the default)", nil
		}
	}
	return "", &check.Fault{
		Summary: fmt.Sprintf("the volume %s needs a default StorageClass, and the cluster has no default; %s",
			claim.GetName(), known),
		Remedy: "set database.sqlite.storageClass or database.backup.volume.storageClass" +
			"\nor make a class the default: kubectl annotate --overwrite storageclass NAME " + defaultClass + "=true",
	}
}
