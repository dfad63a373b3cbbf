package render

// exposure writes how the server is reached. Whether there is an Ingress is
// always said: the chart's own default is to make one.
func exposure(d *draft) {
	d.comment("ingress", "No Ingress: reached by port-forward (expose.type). By itself the chart would make one.")
	d.set("ingress.enabled", false, "expose.type").say().prove(noneOf("Ingress", "HTTPRoute"))
}
