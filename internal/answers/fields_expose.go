package answers

var (
	byIngress = condition{func(a Answers) bool { return a.Expose.Type == ByIngress }, "expose.type is ingress"}
	byGateway = condition{func(a Answers) bool { return a.Expose.Type == ByGateway }, "expose.type is gateway"}
	byProxy   = condition{func(a Answers) bool { return byIngress.holds(a) || byGateway.holds(a) }, "expose.type " +
		"is ingress or gateway"}
	exposed = condition{
		func(a Answers) bool { return a.Expose.Type != "" && a.Expose.Type != PortForward },
		"expose.type is not port-forward",
	}

	derivesURL = byGateway.and(condition{func(a Answers) bool {
		s := a.Server
		return !a.Expose.Host.IsZero() &&
			(s.URL == "" || s.DashboardURL == "" && (a.Expose.Path == "" || a.Expose.Path == "/"))
	}, "the server's URL is derived from expose.host"})

	atPath = condition{
		func(a Answers) bool { return byIngress.holds(a) && a.Expose.Path != "" && a.Expose.Path != "/" },
		"expose.type is ingress and expose.path is set",
	}
	makesGateway = byGateway.and(condition{
		func(a Answers) bool { return a.Prerequisites.Gateway.Create }, "prerequisites.gateway.create is true",
	})
	hasListeners = condition{
		func(a Answers) bool { return byIngress.holds(a) || makesGateway.holds(a) },
		"expose.type is ingress, or gateway with prerequisites.gateway.create",
	}
	servesTLS = condition{func(a Answers) bool {
		return hasListeners.holds(a) && a.Expose.TLS.Mode != "" && a.Expose.TLS.Mode != CertOff
	}, hasListeners.text + ", and in either case expose.tls.mode is not off"}
	byIssuer = condition{
		func(a Answers) bool { return hasListeners.holds(a) && a.Expose.TLS.Mode == CertManager },
		hasListeners.text + ", and in either case expose.tls.mode is cert-manager",
	}
	usesNginx = condition{func(a Answers) bool {
		return byIngress.holds(a) && (a.Expose.Ingress.Class == "nginx" || a.Expose.Ingress.Class == "")
	}, "expose.type is ingress and expose.ingress.class is nginx"}
	usesTraefik = condition{
		func(a Answers) bool {
			return byIngress.holds(a) && a.Expose.Ingress.Class == ClassTraefik ||
				makesGateway.holds(a) && (a.Prerequisites.Gateway.Class == "" || a.Prerequisites.Gateway.Class == ClassTraefik)
		},
		"expose.ingress.class, or prerequisites.gateway.class with prerequisites.gateway.create, is traefik",
	}
	installsAny = condition{
		func(a Answers) bool {
			p := a.Prerequisites
			return p.Traefik == PrerequisiteInstall || p.IngressNginx == PrerequisiteInstall ||
				p.CertManager == PrerequisiteInstall
		},
		"one of the prerequisites is install",
	}
	makesIssuer = condition{
		func(a Answers) bool { return byIssuer.holds(a) && a.Prerequisites.ClusterIssuer.IsCreated() },
		"prerequisites.clusterIssuer.create is true",
	}
	clusterIssue = condition{
		func(a Answers) bool { return byIssuer.holds(a) && a.Expose.TLS.Issuer.Kind != NamespaceIssuer },
		"expose.tls.mode is cert-manager and expose.tls.issuer.kind is ClusterIssuer",
	}
)

var exposeFields = atStep(StepAccess,
	plain(Field{
		Key: "expose.type", Kind: Choice, Default: PortForward,
		Title: "Access",
		Help:  "How you and your team reach the server.",
		Why: "Anyone who can reach a server before it is activated can become its admin. With a port-forward " +
			"only you and other pods can.",
		Options: []Option{
			{Value: PortForward, Title: "Port-forward", Help: "From this machine only, as with kubectl port-forward."},
			{Value: ByIngress, Title: "Ingress", Help: "Through an ingress controller, with a host name and HTTPS."},
			{Value: ByGateway, Title: "Gateway", Help: "Through a Gateway (Gateway API), with a host name and HTTPS."},
			{Value: LoadBalancer, Title: "Load balancer",
				Help: "With its own IP address, over plain HTTP. Not for production."},
			{Value: NodePort, Title: "Node port",
				Help: "On a port of every node, over plain HTTP. Not for production."},
		},
	}),
	when(byProxy, Field{
		Key: "expose.host", Kind: Text, Check: exposedHost,
		Title: "Host name",
		Help: "The DNS name of the server. Without a domain, enter nip.io: the name is then made from the ingress " +
			"controller's IP address, as in zenml.203.0.113.7.nip.io ({nipIO: true} in a file).",
		Why: "The certificate is issued for this name, and the server needs to know its URL. Without a name, " +
			"every host name is accepted.",
		Example: "zenml.example.com",
		Needed:  servesTLS.holds,
	}),
	when(byIngress, Field{
		Key: "expose.ingress.class", Kind: Text, Default: "nginx", Check: optionalDNSName,
		Title: "Ingress class", Help: "The IngressClass of the controller that serves it.",
	}),
	when(byGateway, Field{
		Key: "expose.gateway.name", Kind: Text, Needed: always, Check: optionalDNSName,
		Title: "Gateway", Help: "The name of the Gateway. The installer can create it if it does not exist.",
		Example: "shared",
	}, Field{
		Key: "expose.gateway.namespace", Kind: Text, Needed: always, Check: dnsLabel,
		Title:   "Gateway namespace",
		Help:    "The namespace of the Gateway. Its listener must allow routes from the server's namespace.",
		Example: "gateway-system",
	}),
	futureGatewayFields,
	when(hasListeners, Field{
		Key: "expose.tls.mode", Kind: Choice, Default: CertOff,
		Title: "HTTPS certificate", Help: "Where the certificate comes from.",
		Why: "Without HTTPS, passwords and tokens are sent unencrypted.",
		Options: []Option{
			{Value: CertManager, Title: "cert-manager", Help: "cert-manager requests it from an issuer and renews it."},
			{Value: CertSecret, Title: "Existing Secret",
				Help: "A Secret of type kubernetes.io/tls in the namespace of the server, or of the Gateway."},
			{Value: CertSelfSigned, Title: "Self-signed",
				Help: "The chart generates one for an Ingress. Browsers show a warning, and clients need --no-verify-ssl."},
			{Value: CertOff, Title: "None", Help: "Plain HTTP, or TLS is terminated before the controller."},
		},
	}),
	when(byIssuer, Field{
		Key: "expose.tls.issuer.name", Kind: Text, Needed: always, Check: optionalDNSName,
		Title:   "Issuer",
		Help:    "The name of the cert-manager issuer. The installer can create it if it does not exist.",
		Example: "letsencrypt-production",
	}, Field{
		Key: "expose.tls.issuer.kind", Kind: Choice, Default: ClusterIssuer, Advanced: true,
		Title: "Issuer kind", Help: "A cluster-wide issuer, or one in the namespace of the certificate.",
		Options: []Option{{Value: ClusterIssuer, Title: "ClusterIssuer"}, {Value: NamespaceIssuer, Title: "Issuer"}},
	}),
	when(servesTLS, Field{
		Key: "expose.tls.secretName", Kind: Text, Check: optionalDNSName,
		Title:  "Certificate Secret",
		Help:   "The Secret that contains the certificate, or that it is written to. If empty, zenml-tls-certs.",
		Why:    "Two releases in a namespace must not share it.",
		Needed: func(a Answers) bool { return a.Expose.TLS.Mode == CertSecret }, Example: "zenml-example-com-tls",
	}),
	advanced(when(exposed, Field{
		Key: "expose.after", Kind: Choice,
		Title: "Exposed",
		Help: "When the server becomes reachable from outside the cluster. If empty, after its activation in the " +
			"guided install and wherever the installer activates it, otherwise immediately. Only an install uses it: " +
			"generated files always expose the server.",
		Why: "Anyone who can reach a server before it is activated can become its admin.",
		Options: []Option{
			{Value: AfterActivation, Title: "After the activation",
				Help: "It is installed without Ingress, route or public Service, activated through a port-forward, " +
					"and then exposed by an upgrade that restarts no pod."},
			{Value: Immediately, Title: "Immediately", Help: "As soon as it is installed."},
		},
	})),
	advanced(when(byGateway, Field{
		Key: "expose.gateway.section", Kind: Text, Check: optionalDNSName,
		Title: "Listener", Help: "The listener of the Gateway. If empty, every matching listener.", Example: "https",
	}, Field{
		Key: "expose.gateway.annotations", Kind: Pairs, CheckName: labelKey,
		Title: "HTTPRoute annotations", Help: "Annotations for the Gateway's controller.",
	}), when(derivesURL, Field{
		Key: "expose.gateway.scheme", Kind: Choice, Default: "https",
		Title: "Scheme", Help: "The protocol of the Gateway's listener. It determines the server's URL.",
		Options: []Option{{Value: "https", Title: "https"}, {Value: "http", Title: "http"}},
	}), when(byProxy, Field{
		Key: "expose.path", Kind: Text, Default: "/", Check: urlPath,
		Title: "Path", Help: "The URL path of the server.",
		Why:     "With any path other than / the API works, but the dashboard does not.",
		Example: "/zenml",
	}), when(byIngress, Field{
		Key: "expose.ingress.annotations", Kind: Pairs, CheckName: labelKey,
		Title:   "Ingress annotations",
		Help:    "Annotations for the ingress controller.",
		Example: "{nginx.ingress.kubernetes.io/proxy-body-size: 64m}",
	}), when(atPath.and(usesNginx), Field{
		Key: "expose.ingress.rewrite", Kind: Boolean,
		Title: "Rewrite the path", Help: "Lets ingress-nginx strip the path with a regular expression.",
		Why: "The server handles the path itself. Newer versions of ingress-nginx reject regular expressions with " +
			"the path type that the chart uses.",
	}), when(byProxy, Field{
		Key: "expose.trustedProxies", Kind: List, Check: addressOrRange,
		Title: "Trusted proxies",
		Help: "The addresses whose X-Forwarded headers the server trusts: those of the controller's pods. If " +
			"empty, all behind an Ingress and none behind a Gateway.",
		Why: "Login rate limits use the client's address, which a proxy hides. A trusted proxy can claim any " +
			"address.",
		Example: "[10.0.0.0/8]",
	}), when(exposed, Field{
		Key: "expose.service.port", Kind: Integer, Check: port,
		Title: "Service port", Help: "The port of the Service. The chart's default is 80.", Example: "8080",
	}, Field{
		Key: "expose.service.annotations", Kind: Pairs, CheckName: labelKey,
		Title: "Service annotations", Help: "Annotations for the cloud's load balancer.",
		Example: "{service.beta.kubernetes.io/aws-load-balancer-scheme: internal}",
	})),
)
