package expose

import (
	"context"
	"fmt"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

func checkClass(ctx context.Context, e *check.Env) (string, error) {
	if byGateway(e) {
		return gatewayAdmits(ctx, e)
	}
	if why := skipsController(e); why != "" {
		return "", check.Skip("%s", why)
	}
	class, all, err := ingressClass(ctx, e)
	if err != nil {
		return "", err
	}
	name := ingressClassName(e)
	controller, err := classController(ctx, e)
	switch {
	case err != nil:
		return "", err
	case controller != nil:
		return willInstall(*controller) + ", with IngressClass " + name, nil
	case class != nil:
		return fmt.Sprintf("IngressClass %s, served by %s", name, controllerOf(class.Spec.Controller).name), nil
	}
	return "", noClass(ctx, e, name, all)
}

// noClass suggests existing classes, or to install a controller.
func noClass(ctx context.Context, e *check.Env, name string, all []networkingv1.IngressClass) *check.Fault {
	fault := &check.Fault{Summary: "the IngressClass " + name + " does not exist" + installedOtherwise(ctx, e)}
	if len(all) == 0 {
		fault.Remedy = noController(name)
		if c, known := prerequisite.ForClass(name); known && c.Retired == "" && !c.IsWanted(e.Answers) {
			fault.Fix = installs(c)
		}
		return fault
	}
	var names, others []string
	for _, c := range all {
		names = append(names, c.Name)
		others = append(others, fmt.Sprintf("%s (%s)", c.Name, controllerOf(c.Spec.Controller).name))
	}
	fault.Summary += "; existing: " + check.JoinAnd(others)
	meant := nearest.Sorted(name, names)[0]
	fault.Remedy = fmt.Sprintf("expose: {ingress: {class: %s}}", meant)
	if c, known := prerequisite.ForClass(name); known && c.Retired == "" && !c.IsWanted(e.Answers) {
		fault.Remedy += "\nor " + consent(c)
	}
	fault.Fix = check.Fix{Title: "Use IngressClass " + meant,
		Answers: map[string]string{"expose.ingress.class": meant}}
	return fault
}

func ingressClassName(e *check.Env) string {
	if name := e.Answers.Expose.Ingress.Class; name != "" {
		return name
	}
	return "nginx"
}

type classes struct {
	chosen *networkingv1.IngressClass
	all    []networkingv1.IngressClass
}

var classesMemo = check.NewMemo[classes]("ingress classes")

// ingressClass returns the class in the answers, nil if it does not exist, and all
// classes.
func ingressClass(ctx context.Context, e *check.Env) (*networkingv1.IngressClass, []networkingv1.IngressClass, error) {
	found, err := classesMemo.Get(ctx, e, func(ctx context.Context) (classes, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return classes{}, err
		}
		list, err := client.NetworkingV1().IngressClasses().List(ctx, metav1.ListOptions{Limit: 500})
		if err != nil {
			return classes{}, check.ReadError(err, "IngressClasses")
		}
		c := classes{all: list.Items}
		for i := range list.Items {
			if list.Items[i].Name == ingressClassName(e) {
				c.chosen = &list.Items[i]
			}
		}
		return c, nil
	})
	return found.chosen, found.all, err
}
