package expose

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

const (
	nginxController = "k8s.io/ingress-nginx"
	albController   = "ingress.k8s.aws/alb"
	albTargetType   = "alb.ingress.kubernetes.io/target-type"
)

// checkSupport warns about controllers that are no longer maintained, or that reject the
// server's Ingress after they accepted it.
func checkSupport(ctx context.Context, e *check.Env) (string, error) {
	class, _, err := ingressClass(ctx, e)
	if err != nil {
		return "", err
	}
	if c, err := classController(ctx, e); err == nil && c != nil {
		return willInstall(*c), retired(*c)
	}
	if class == nil {
		return "", check.Skip("needs expose.class")
	}
	if class.Spec.Controller == nginxController {
		return "", retiredNginx()
	}
	if strings.HasPrefix(class.Spec.Controller, albController) {
		if err := albFault(ctx, e, class); err != nil {
			return "", err
		}
	}
	return controllerOf(class.Spec.Controller).name, nil
}

func retiredNginx() *check.Fault {
	return &check.Fault{
		Warn:    true,
		Summary: "ingress-nginx was retired on 2026-03-24",
		Reason:  "it gets no more releases: nobody fixes its bugs and vulnerabilities",
		Remedy: "move to the Gateway API, expose: {type: gateway}, or to a maintained controller, " +
			"expose: {ingress: {class: …}}; existing classes: kubectl get ingressclass\n" +
			"the server works with ingress-nginx until then",
	}
}

// albFault warns if the AWS Load Balancer Controller cannot reach the server's Service:
// with the target type instance it needs a node port.
func albFault(ctx context.Context, e *check.Env, class *networkingv1.IngressClass) error {
	objects := release.RenderedObjects(ctx, e)
	for _, ingress := range manifest.Find(objects, "Ingress", "") {
		targets := ingress.GetAnnotations()[albTargetType]
		if targets == "ip" || targets == "" && defaultsToIP(ctx, e, class) {
			return nil
		}
	}
	if !hasClusterIPService(objects) {
		return nil
	}
	return &check.Fault{
		Warn: true,
		Summary: "the AWS Load Balancer Controller uses the target type instance, which needs a Service of type " +
			"NodePort " +
			"or LoadBalancer, but the server's Service is of type ClusterIP",
		Reason: "the controller rejects the Ingress (FailedBuildModel), so the server gets no address",
		Remedy: "expose: {ingress: {annotations: {" + albTargetType + ": ip}}}",
	}
}

// hasClusterIPService reports whether the server's Service is only reachable in the
// cluster.
func hasClusterIPService(objects []manifest.Object) bool {
	return slices.ContainsFunc(manifest.Find(objects, "Service", ""), func(o manifest.Object) bool {
		kind, _, _ := unstructured.NestedString(o.Object, "spec", "type")
		return kind == "" || kind == string(corev1.ServiceTypeClusterIP)
	})
}

var classParamsResource = schema.GroupVersionResource{
	Group: "elbv2.k8s.aws", Version: "v1beta1", Resource: "ingressclassparams",
}

// defaultsToIP reports whether the class or the controller sets the target type ip for
// every Ingress.
func defaultsToIP(ctx context.Context, e *check.Env, class *networkingv1.IngressClass) bool {
	if p := class.Spec.Parameters; p != nil {
		params, err := check.Get[struct {
			Spec struct {
				TargetType string `json:"targetType"`
			} `json:"spec"`
		}](ctx, e, classParamsResource, "", p.Name)
		if err == nil && params != nil && params.Spec.TargetType == "ip" {
			return true
		}
	}
	pods, err := controllerPods(ctx, e, selectorsFor(class, controllerOf(class.Spec.Controller)))
	return err == nil && slices.ContainsFunc(pods, func(p corev1.Pod) bool {
		return slices.ContainsFunc(p.Spec.Containers, func(c corev1.Container) bool {
			return slices.Contains(append(c.Args, c.Command...), "--default-target-type=ip")
		})
	})
}
