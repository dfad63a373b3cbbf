package render

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// scale writes how many server pods run. The chart forces one while there is
// no database URL.
func scale(d *draft) {
	if d.a.Database.Type != answers.MySQLDatabase {
		return
	}
	if n := d.a.Server.Replicas; n > 0 {
		d.set("replicaCount", n, "server.replicas").prove(proof{
			claim: fmt.Sprintf("the Deployment has %d replicas", n),
			holds: func(v *view) bool { return v.server != nil && v.server.replicas == n },
		})
	}
	a := d.a.Server.Autoscaling
	if a.MaxReplicas == 0 {
		return
	}
	d.commentTop("autoscaling", "Kubernetes decides how many pods run (server.autoscaling). It needs a metrics server, and CPU requests in resources.")
	const most = "server.autoscaling.maxReplicas"
	d.setTop("autoscaling.enabled", true, most).prove(scaler("there is a HorizontalPodAutoscaler", func(autoscalingv2.HorizontalPodAutoscalerSpec) bool { return true }))
	d.setTop("autoscaling.maxReplicas", a.MaxReplicas, most).
		prove(scaler(fmt.Sprintf("at most %d pods run", a.MaxReplicas), func(s autoscalingv2.HorizontalPodAutoscalerSpec) bool { return int(s.MaxReplicas) == a.MaxReplicas }))
	if a.MinReplicas > 0 {
		d.setTop("autoscaling.minReplicas", a.MinReplicas, "server.autoscaling.minReplicas").
			prove(scaler(fmt.Sprintf("at least %d pods run", a.MinReplicas), func(s autoscalingv2.HorizontalPodAutoscalerSpec) bool {
				return s.MinReplicas != nil && int(*s.MinReplicas) == a.MinReplicas
			}))
	}
	if a.CPU > 0 {
		d.setTop("autoscaling.targetCPUUtilizationPercentage", a.CPU, "server.autoscaling.cpu").
			prove(scaler(fmt.Sprintf("the CPU target is %d %%", a.CPU), func(s autoscalingv2.HorizontalPodAutoscalerSpec) bool { return aimsAt(s, a.CPU) }))
	}
}

func scaler(claim string, holds func(autoscalingv2.HorizontalPodAutoscalerSpec) bool) proof {
	return proof{claim: claim, holds: func(v *view) bool {
		h, ok := only[autoscalingv2.HorizontalPodAutoscaler](v, "HorizontalPodAutoscaler")
		return ok && v.server != nil && h.Spec.ScaleTargetRef.Kind+" "+h.Spec.ScaleTargetRef.Name == v.server.object && holds(h.Spec)
	}}
}

func aimsAt(s autoscalingv2.HorizontalPodAutoscalerSpec, cpu int) bool {
	for _, m := range s.Metrics {
		if m.Resource != nil && m.Resource.Name == "cpu" && m.Resource.Target.AverageUtilization != nil && int(*m.Resource.Target.AverageUtilization) == cpu {
			return true
		}
	}
	return false
}
