package values

import (
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// scale sets the number of server pods. The chart always runs one without a
// database URL.
func scale(d *draft) {
	if d.a.Database.Type != answers.MySQLDatabase {
		return
	}
	if n := d.a.Server.Replicas; n > 0 {
		d.set("replicaCount", n, "server.replicas").prove(proof.Proof{
			Claim: fmt.Sprintf("the Deployment has %d replicas", n),
			Holds: func(v *proof.View) bool { return v.Server != nil && v.Server.Replicas == n },
		})
	}
	a := d.a.Server.Autoscaling
	if a.MaxReplicas == 0 {
		return
	}
	d.commentTop(
		"autoscaling",
		"Kubernetes scales the server (server.autoscaling). It needs a metrics server, and CPU requests in resources.",
	)
	const most = "server.autoscaling.maxReplicas"
	d.setTop("autoscaling.enabled", true, most).
		prove(proof.Autoscaler("there is a HorizontalPodAutoscaler", func(autoscalingv2.HorizontalPodAutoscalerSpec) bool { return true }))
	d.setTop("autoscaling.maxReplicas", a.MaxReplicas, most).
		prove(proof.Autoscaler(fmt.Sprintf("at most %d pods run", a.MaxReplicas), func(s autoscalingv2.HorizontalPodAutoscalerSpec) bool { return int(s.MaxReplicas) == a.MaxReplicas }))
	if a.MinReplicas > 0 {
		d.setTop("autoscaling.minReplicas", a.MinReplicas, "server.autoscaling.minReplicas").
			prove(proof.Autoscaler(fmt.Sprintf("at least %d pods run", a.MinReplicas), func(s autoscalingv2.HorizontalPodAutoscalerSpec) bool {
				return s.MinReplicas != nil && int(*s.MinReplicas) == a.MinReplicas
			}))
	}
	if a.CPU > 0 {
		d.setTop("autoscaling.targetCPUUtilizationPercentage", a.CPU, "server.autoscaling.cpu").
			prove(proof.Autoscaler(fmt.Sprintf("the CPU target is %d %%", a.CPU), func(s autoscalingv2.HorizontalPodAutoscalerSpec) bool { return proof.CPUTarget(s, a.CPU) }))
	}
}
