package proof

func PodContext(p *Pod) map[string]any {
	context, _ := p.Raw["securityContext"].(map[string]any)
	return context
}

func ContainerContext(p *Pod) map[string]any {
	context, _ := p.rawMain()["securityContext"].(map[string]any)
	return context
}
