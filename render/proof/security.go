package proof

// PodContext returns the security context of the pod.
func PodContext(p *Pod) map[string]any {
	context, _ := p.Raw["securityContext"].(map[string]any)
	return context
}

// ContainerContext returns the security context of the main container.
func ContainerContext(p *Pod) map[string]any {
	context, _ := p.rawMain()["securityContext"].(map[string]any)
	return context
}
