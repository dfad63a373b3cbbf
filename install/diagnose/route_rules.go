package diagnose

// The reasons for an HTTPRoute that its Gateway does not serve.
const (
	// RouteRefused is a condition of the route that is false. The text contains
	// its reason and its message.
	RouteRefused = "RouteRefused"
	// RoutePending is a route without a status. The text names its Gateway.
	RoutePending = "RoutePending"
)

var routeReasons = []string{RouteRefused}

// routeRules never stop an install: the server runs without the route, and the
// Gateway may change.
var routeRules = []rule{
	{name: "route not allowed", reasons: routeReasons, contains: []string{"notallowedbylisteners"}, grace: Forever,
		summary: "the Gateway does not allow routes of this namespace", reason: "{text}",
		remedy: "allow the namespace in allowedRoutes of a listener of the Gateway, or set expose.gateway.section to a " +
			"listener that allows it"},
	{name: "route host", reasons: routeReasons, contains: []string{"nomatchinglistenerhostname"}, grace: Forever,
		summary: "no listener of the Gateway is for the host", reason: "{text}",
		remedy: "set expose.host to a host that a listener's hostname covers, or add a listener for the host"},
	{name: "route listener", reasons: routeReasons, contains: []string{"nomatchingparent"}, grace: Forever,
		summary: "the Gateway does not have the listener that the route names", reason: "{text}",
		remedy: "set expose.gateway.section to the name of a listener of the Gateway"},
	{name: "route backend", reasons: routeReasons, contains: []string{"backendnotfound"}, grace: Forever,
		summary: "the route's Service does not exist or lacks the port", reason: "{text}",
		remedy: "run zenml-installer install again: it creates the release's Service; or correct values that " +
			"change the Service's name or port"},
	{name: "route refused", reasons: routeReasons, grace: Forever,
		summary: "the Gateway does not serve the route", reason: "{text}",
		remedy: "correct expose.gateway, or the Gateway, as the message says"},
	{name: "route pending", reasons: []string{RoutePending}, grace: Forever,
		summary: "no Gateway has accepted the route yet", reason: "{text}",
		remedy: "correct expose.gateway.name and expose.gateway.namespace, and check that the Gateway's controller " +
			"runs: kubectl get gateways,gatewayclasses -A"},
}
