package proof

// PodContext returns the pod's security context.
func PodContext(p *Pod) map[string]any {
	context, _ := p.Raw["securityContext"].(map[string]any)
	return context
}

// ContainerContext returns the main container's security context.
func ContainerContext(p *Pod) map[string]any {
	context, _ := p.rawMain()["securityContext"].(map[string]any)
	return context
}
