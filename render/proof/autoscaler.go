package proof

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
)

// Autoscaler proves a claim about the server's HorizontalPodAutoscaler.
func Autoscaler(claim string, holds func(autoscalingv2.HorizontalPodAutoscalerSpec) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		h, ok := only[autoscalingv2.HorizontalPodAutoscaler](v, "HorizontalPodAutoscaler")
		return ok && v.Server != nil && h.Spec.ScaleTargetRef.Kind+" "+h.Spec.ScaleTargetRef.Name == v.Server.Name &&
			holds(h.Spec)
	}}
}

// CPUTarget reports whether the autoscaler targets cpu percent of CPU
// utilization.
func CPUTarget(s autoscalingv2.HorizontalPodAutoscalerSpec, cpu int) bool {
	for _, m := range s.Metrics {
		if m.Resource != nil && m.Resource.Name == "cpu" && m.Resource.Target.AverageUtilization != nil &&
			int(*m.Resource.Target.AverageUtilization) == cpu {
			return true
		}
	}
	return false
}
