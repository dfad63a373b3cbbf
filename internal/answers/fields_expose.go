package answers

var (
	byIngress = condition{func(a Answers) bool { return a.Expose.Type == ByIngress }, "with expose.type ingress"}
	byGateway = condition{func(a Answers) bool { return a.Expose.Type == ByGateway }, "with expose.type gateway"}
	byProxy   = condition{func(a Answers) bool { return byIngress.holds(a) || byGateway.holds(a) }, "with expose.type ingress or gateway"}
	exposed   = condition{func(a Answers) bool { return a.Expose.Type != "" && a.Expose.Type != PortForward }, "with expose.type other than port-forward"}

	derivesURL = byGateway.and(condition{func(a Answers) bool {
		s := a.Server
		return !a.Expose.Host.IsZero() && (s.URL == "" || s.DashboardURL == "" && (a.Expose.Path == "" || a.Expose.Path == "/"))
	}, "where the server's URL follows from expose.host"})

	atPath    = condition{func(a Answers) bool { return byIngress.holds(a) && a.Expose.Path != "" && a.Expose.Path != "/" }, "with expose.type ingress and expose.path"}
	servesTLS = condition{func(a Answers) bool {
		return byIngress.holds(a) && a.Expose.TLS.Mode != "" && a.Expose.TLS.Mode != CertOff
	}, "with expose.type ingress and expose.tls.mode other than off"}
	byIssuer  = condition{func(a Answers) bool { return byIngress.holds(a) && a.Expose.TLS.Mode == CertManager }, "with expose.type ingress and expose.tls.mode cert-manager"}
	usesNginx = condition{func(a Answers) bool {
		return byIngress.holds(a) && (a.Expose.Ingress.Class == "nginx" || a.Expose.Ingress.Class == "")
	}, "with expose.type ingress and class nginx"}
	makesIssuer  = condition{func(a Answers) bool { return byIssuer.holds(a) && a.Prerequisites.ClusterIssuer.Create }, "with prerequisites.clusterIssuer.create"}
	clusterIssue = condition{func(a Answers) bool { return byIssuer.holds(a) && a.Expose.TLS.Issuer.Kind != NamespaceIssuer }, "with cert-manager and a ClusterIssuer"}
)

var exposeFields = atStep(StepAccess,
	plain(Field{
		Key: "expose.type", Kind: Choice, Default: PortForward,
		Title: "How to reach the server",
		Help:  "How you and your team reach the server.",
		Why:   "A server that is reachable before it is activated can be claimed by anyone. Port-forward keeps it to yourself.",
		Options: []Option{
			{Value: PortForward, Title: "port-forward", Help: "Through kubectl's kind of tunnel, from this machine only. No Ingress is made."},
			{Value: ByIngress, Title: "Ingress", Help: "Through an ingress controller, under a host name, with HTTPS."},
			{Value: ByGateway, Title: "Gateway", Help: "Through a Gateway of the Gateway API that is there already."},
			{Value: LoadBalancer, Title: "load balancer", Help: "With an address of its own, over plain HTTP. Not for production."},
			{Value: NodePort, Title: "node port", Help: "On a port of every node, over plain HTTP. Not for production."},
		},
	}),
	when(byProxy, Field{
		Key: "expose.host", Kind: Text, Check: exposedHost,
		Title: "Host name", Help: "The DNS name under which the server is reached; {nipIO: true} (on the screen: nip.io) makes one from the ingress controller's address.",
		Why:     "The certificate is made out to it, and the server needs to know its own URL. Without one every host name that leads here is taken.",
		Example: "zenml.example.com",
		Needed:  servesTLS.holds,
	}),
	when(byIngress, Field{
		Key: "expose.ingress.class", Kind: Text, Default: "nginx", Check: optionalDNSName,
		Title: "Ingress class", Help: "The IngressClass of the controller that shall serve it.",
	}, Field{
		Key: "expose.tls.mode", Kind: Choice, Default: CertOff,
		Title: "HTTPS", Help: "Where the certificate comes from.",
		Why: "Without HTTPS passwords and tokens cross the network in the clear.",
		Options: []Option{
			{Value: CertManager, Title: "cert-manager", Help: "cert-manager gets it from an issuer, and renews it."},
			{Value: CertSecret, Title: "a Secret that is there", Help: "A Secret of type kubernetes.io/tls in the namespace."},
			{Value: CertSelfSigned, Title: "self-signed", Help: "The chart makes one. Browsers warn, and clients need --no-verify-ssl."},
			{Value: CertOff, Title: "none", Help: "Plain HTTP, or TLS ends before the controller."},
		},
	}),
	when(byIssuer, Field{
		Key: "expose.tls.issuer.name", Kind: Text, Needed: always, Check: optionalDNSName,
		Title: "Issuer", Help: "The name of cert-manager's issuer.", Example: "letsencrypt-production",
	}, Field{
		Key: "expose.tls.issuer.kind", Kind: Choice, Default: ClusterIssuer, FileOnly: true,
		Title: "Kind of issuer", Help: "An issuer for the whole cluster, or one in the namespace.",
		Options: []Option{{Value: ClusterIssuer, Title: "ClusterIssuer"}, {Value: NamespaceIssuer, Title: "Issuer"}},
	}),
	when(servesTLS, Field{
		Key: "expose.tls.secretName", Kind: Text, Check: optionalDNSName,
		Title: "Secret of the certificate", Help: "The Secret that holds the certificate, or takes it. Empty means the chart's own name, zenml-tls-certs.",
		Why:    "Two releases in one namespace must not share it.",
		Needed: func(a Answers) bool { return a.Expose.TLS.Mode == CertSecret }, Example: "zenml-example-com-tls",
	}),
	when(byGateway, Field{
		Key: "expose.gateway.name", Kind: Text, Needed: always, Check: optionalDNSName,
		Title: "Gateway", Help: "The name of the Gateway.", Example: "shared",
	}, Field{
		Key: "expose.gateway.namespace", Kind: Text, Needed: always, Check: dnsLabel,
		Title: "Namespace of the Gateway", Help: "Where the Gateway is. Its listener must admit routes of the server's namespace.", Example: "gateway-system",
	}),
	fileOnly(when(byGateway, Field{
		Key: "expose.gateway.section", Kind: Text, Check: optionalDNSName,
		Title: "Listener", Help: "The listener of the Gateway. Empty means all that fit.", Example: "https",
	}, Field{
		Key: "expose.gateway.annotations", Kind: Pairs, CheckName: labelKey,
		Title: "Annotations of the HTTPRoute", Help: "What the Gateway's controller should know.",
	}), when(derivesURL, Field{
		Key: "expose.gateway.scheme", Kind: Choice, Default: "https",
		Title: "Scheme", Help: "What the Gateway's listener speaks: it decides the server's URL.",
		Options: []Option{{Value: "https", Title: "https"}, {Value: "http", Title: "http"}},
	}), when(byProxy, Field{
		Key: "expose.path", Kind: Text, Default: "/", Check: urlPath,
		Title: "Path", Help: "The path below the host.",
		Why:     "Below any path but / the API works and the dashboard does not.",
		Example: "/zenml",
	}), when(byIngress, Field{
		Key: "expose.ingress.annotations", Kind: Pairs, CheckName: labelKey,
		Title: "Annotations of the Ingress", Help: "What the ingress controller should know.", Example: "{nginx.ingress.kubernetes.io/proxy-body-size: 64m}",
	}), when(atPath.and(usesNginx), Field{
		Key: "expose.ingress.rewrite", Kind: Boolean,
		Title: "Rewrite the path", Help: "Has ingress-nginx cut the path off by a regular expression.",
		Why: "The server copes with the path by itself, being told its rootUrlPath. Newer ingress-nginx refuse a regular expression with the path type that the chart sets.",
	}), when(byProxy, Field{
		Key: "expose.trustedProxies", Kind: List, Check: addressOrRange,
		Title: "Trusted proxies", Help: "The addresses whose X-Forwarded headers the server believes: those of the controller's pods. Empty means all behind an Ingress, and none behind a Gateway.",
		Why:     "The limit on logins counts the client's address, which the proxy hides otherwise. Whoever is believed can claim any address.",
		Example: "[10.0.0.0/8]",
	}), when(exposed, Field{
		Key: "expose.service.port", Kind: Integer, Check: port,
		Title: "Port of the Service", Help: "The port of the Service. The chart's default is 80.", Example: "8080",
	}, Field{
		Key: "expose.service.annotations", Kind: Pairs, CheckName: labelKey,
		Title: "Annotations of the Service", Help: "What the cloud's load balancer should know.",
		Example: "{service.beta.kubernetes.io/aws-load-balancer-scheme: internal}",
	})),
)
