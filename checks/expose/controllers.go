package expose

import (
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

const ingressNginx = "ingress-nginx"

// ingressController is a known ingress controller.
type ingressController struct {
	name string
	// selectors match its pods as labeled by its chart and manifests.
	selectors []string
	// cloud means that each Ingress gets its own address from a load balancer outside
	// the cluster.
	cloud bool
	// hidden means that its pods do not run in the cluster.
	hidden bool
}

const appName = "app.kubernetes.io/name="

// controllers maps prefixes of IngressClass.spec.controller to controllers,
// based on their documentation and charts.
var controllers = map[string]ingressController{
	"k8s.io/ingress-nginx": {
		name: ingressNginx,
		selectors: []string{appName + "ingress-nginx,app.kubernetes.io/component=controller",
			appName + "rke2-ingress-nginx", "app=nginx-ingress,component=controller", "app=ingress-nginx"},
	},
	"nginx.org/ingress-controller": {
		name:      "NGINX Ingress Controller",
		selectors: []string{appName + "nginx-ingress", "app=nginx-ingress"},
	},
	"webapprouting.kubernetes.azure.com/nginx": {name: "AKS application routing", selectors: []string{"app=nginx"}},
	"traefik.io/ingress-controller": {
		name:      "Traefik",
		selectors: []string{appName + "traefik", "app=traefik"},
	},
	"haproxy.org/ingress-controller": {
		name:      "HAProxy",
		selectors: []string{appName + "kubernetes-ingress", "run=haproxy-ingress"},
	},
	"haproxy-ingress.github.io/controller": {
		name:      "HAProxy Ingress",
		selectors: []string{appName + "haproxy-ingress", "run=haproxy-ingress"},
	},
	"projectcontour.io/": {
		name:      "Contour",
		selectors: []string{appName + "contour,app.kubernetes.io/component=envoy", "app=envoy"},
	},
	"ingress-controllers.konghq.com/kong": {
		name: "Kong",
		selectors: []string{appName + "kong", appName + "ingress,app.kubernetes.io/component=app", "app=ingress-kong",
			"app=proxy-kong", "app.kubernetes.io/component=app," + appName + "gateway"},
	},
	"istio.io/ingress-controller": {
		name:      "Istio",
		selectors: []string{"istio=ingressgateway", "istio=ingress"},
	},
	"cilium.io/ingress-controller": {name: "Cilium", selectors: []string{"k8s-app=cilium"}, cloud: true},
	"apisix.apache.org/": {
		name:      "APISIX",
		selectors: []string{appName + "apisix", appName + "ingress-controller"},
	},
	"getambassador.io/ingress-controller": {
		name:      "Emissary",
		selectors: []string{appName + "emissary-ingress", appName + "edge-stack"},
	},
	"openshift.io/ingress-to-route": {
		name:      "the OpenShift router",
		selectors: []string{"ingresscontroller.operator.openshift.io/deployment-ingresscontroller"},
	},
	"ingress.k8s.aws/alb": {
		name:      "AWS Load Balancer Controller",
		selectors: []string{appName + "aws-load-balancer-controller"},
		cloud:     true,
	},
	"eks.amazonaws.com/alb": {name: "EKS Auto Mode's ALB", cloud: true, hidden: true},
	"k8s.io/ingress-gce":    {name: "GKE Ingress", cloud: true, hidden: true},
	"networking.gke.io/":    {name: "GKE Ingress", cloud: true, hidden: true},
	"azure/application-gateway": {
		name:      "Azure Application Gateway",
		selectors: []string{"app=ingress-azure", "app=ingress-appgw"},
		cloud:     true,
	},
	"alb.networking.azure.io/": {
		name:      "Azure Application Gateway for Containers",
		selectors: []string{"app=alb-controller"},
		cloud:     true,
	},
}

// controllerOf returns the controller for IngressClass.spec.controller. An
// unknown controller is named after that value.
func controllerOf(spec string) ingressController {
	found, length := ingressController{name: spec}, 0
	for prefix, c := range controllers {
		if strings.HasPrefix(spec, prefix) && len(prefix) > length {
			found, length = c, len(prefix)
		}
	}
	return found
}

// selectorsFor adds the labels of the IngressClass to the known selectors: charts use
// the same labels for class and pods.
func selectorsFor(class *networkingv1.IngressClass, c ingressController) []string {
	selectors := append([]string{}, c.selectors...)
	name, instance := class.Labels["app.kubernetes.io/name"], class.Labels["app.kubernetes.io/instance"]
	if name != "" && instance != "" {
		selectors = append(selectors, appName+name+",app.kubernetes.io/instance="+instance)
	}
	return selectors
}
