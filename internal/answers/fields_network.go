package answers

var proxied = condition{func(a Answers) bool { return a.Proxy.HTTP != "" || a.Proxy.HTTPS != "" }, "proxy.http or " +
	"proxy.https is set"}

var networkFields = atStep(StepAdvanced, advanced(
	plain(Field{
		Key: "certificates.customCAs", Kind: Items,
		Title:   "Custom CAs",
		Help:    "Additional certificate authorities that the server trusts, each with a name and a PEM certificate.",
		Example: "[{name: company, certificate: {file: ca.pem}}]",
	}, Field{
		Key: "certificates.secretRefs", Kind: Items,
		Title:   "Custom CAs in Secrets",
		Help:    "Additional certificate authorities in Secrets of the namespace, each with a name and a key.",
		Example: "[{name: company-ca, key: ca.crt}]",
	}, Field{
		Key: "proxy.http", Kind: Text, Check: proxyURL,
		Title: "HTTP proxy", Help: "The proxy for HTTP requests.", Example: "http://proxy.example.com:8080",
	}, Field{
		Key: "proxy.https", Kind: Text, Check: proxyURL,
		Title:   "HTTPS proxy",
		Help:    "The proxy for HTTPS requests. Its own URL usually starts with http:.",
		Example: "http://proxy.example.com:8080",
	}),
	when(proxied, Field{
		Key: "proxy.noProxy", Kind: List, Check: noProxyEntry,
		Title: "Proxy exceptions",
		Help: "Hosts, domains (.example.com), IP addresses and ranges (10.0.0.0/8) to reach directly. The " +
			"cluster's names and the database are added automatically.",
		Example: "[internal.example.com, 10.0.0.0/8]",
	}),
))

var prerequisiteFields = atStep(StepAccess, advanced(
	missing(when(usesTraefik, Field{
		Key: "prerequisites.traefik", Kind: Choice, Default: PrerequisiteRequire, Options: prerequisiteOptions("Traefik"),
		Title: "Traefik",
		Help: "How to handle the controller of the class traefik. For a Gateway it is installed with the CRDs of the " +
			"Gateway API if the cluster has none.",
	}), when(usesNginx, Field{
		Key: "prerequisites.ingressNginx", Kind: Choice, Default: PrerequisiteRequire,
		Options: prerequisiteOptions("ingress-nginx"),
		Title:   "ingress-nginx",
		Help: "How to handle the ingress controller of class nginx. ingress-nginx was retired on 2026-03-24 and gets no " +
			"security fixes: set expose.ingress.class to traefik to install a maintained controller.",
	}), when(byIssuer, Field{
		Key: "prerequisites.certManager", Kind: Choice, Default: PrerequisiteRequire,
		Options: prerequisiteOptions("cert-manager"),
		Title:   "cert-manager", Help: "How to handle cert-manager, which issues the certificate.",
	}), when(clusterIssue, Field{
		Key: "prerequisites.clusterIssuer.create", Kind: Boolean,
		Title: "Create the ClusterIssuer",
		Help: "Creates the issuer if it is missing, with an ACME account and HTTP-01 challenges for the ingress class or " +
			"the Gateway.",
	}), when(makesIssuer, Field{
		Key: "prerequisites.clusterIssuer.acme", Kind: Choice, Default: ACMEStaging,
		Title: "Let's Encrypt", Help: "Which Let's Encrypt service issues the certificate.",
		Options: []Option{
			{Value: ACMEStaging, Title: "Staging", Help: "For testing. Browsers do not trust its certificates."},
			{Value: ACMEProduction, Title: "Production", Help: "Trusted by browsers. Requests are rate limited."},
		},
	}, Field{
		Key: "prerequisites.clusterIssuer.email", Kind: Text, Needed: always, Check: email,
		Title: "Email address", Help: "The contact address of the ACME account.", Example: "ops@example.com",
	})),
	when(makesIssuer, Field{
		Key: "prerequisites.clusterIssuer.server", Kind: Text, Check: acmeDirectory,
		Title:   "ACME server",
		Help:    "The directory URL of another ACME server, instead of Let's Encrypt.",
		Example: "https://acme.example.com/directory",
	}),
	when(installsAny, Field{
		Key: "prerequisites.charts", Kind: Pairs, CheckName: prerequisiteName, Check: oneLine,
		Title: "Charts of prerequisites",
		Help: "Where to get the charts of what is installed, by name (cert-manager, traefik, ingress-nginx): an OCI " +
			"reference, a repository URL, a folder or a .tgz archive. Paths are relative to the answers file.",
		Example: "{cert-manager: oci://registry.example.com/charts/cert-manager}",
	}, Field{
		Key: "prerequisites.imageRegistry", Kind: Text, Check: imageRepository,
		Title:   "Image registry of prerequisites",
		Help:    "A mirror to pull the images of what is installed from, instead of their own registries.",
		Example: "registry.example.com",
	}, Field{
		Key: "prerequisites.values", Kind: Tree,
		Title: "Values of prerequisites",
		Help: "Chart values of what is installed, by name (cert-manager, traefik, ingress-nginx). They are merged over " +
			"those of the installer.",
		Example: "{traefik: {deployment: {replicas: 2}}}",
	}),
))

// futureGatewayFields are about a Gateway that the installer creates. What follows them
// in the Access step depends on them.
var futureGatewayFields = advanced(missing(
	when(byGateway, Field{
		Key: "prerequisites.gateway.create", Kind: Boolean,
		Title: "Create the Gateway",
		Help: "Creates the Gateway if it is missing, with a listener for the host that admits routes from the server's " +
			"namespace. It is never changed or removed once it works.",
	}),
	when(makesGateway, Field{
		Key: "prerequisites.gateway.class", Kind: Text, Default: ClassTraefik, Check: optionalDNSName,
		Title: "Gateway class", Help: "The GatewayClass of the controller that serves the new Gateway.",
	}),
))

// prerequisiteOptions are the ways to handle something that the cluster needs.
func prerequisiteOptions(name string) []Option {
	return []Option{
		{Value: PrerequisiteRequire, Title: "Require", Help: "It must be installed already."},
		{Value: PrerequisiteInstall, Title: "Install", Help: "Installs " + name + " if the cluster has none, with its own " +
			"release in its own namespace. It is never upgraded or removed."},
		{Value: PrerequisiteSkip, Title: "Skip", Help: "It is not checked."},
	}
}

var rawFields = atStep(StepAdvanced, advanced(plain(Field{
	Key: "values", Kind: Tree,
	Title: "Raw chart values",
	Help:  "Chart values that no other answer covers. They are merged last and override everything else.",
})))
