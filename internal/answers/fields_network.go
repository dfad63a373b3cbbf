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

var prerequisiteFields = atStep(StepAdvanced, advanced(
	when(usesNginx, Field{
		Key: "prerequisites.ingressNginx", Kind: Choice, Default: PrerequisiteRequire, Options: prerequisiteOptions,
		Title: "ingress-nginx", Help: "How to handle the ingress controller.",
	}),
	when(byIssuer, Field{
		Key: "prerequisites.certManager", Kind: Choice, Default: PrerequisiteRequire, Options: prerequisiteOptions,
		Title: "cert-manager", Help: "How to handle cert-manager.",
	}),
	when(clusterIssue, Field{
		Key: "prerequisites.clusterIssuer.create", Kind: Boolean,
		Title: "Create the ClusterIssuer",
		Help: "Asks for a Let's Encrypt ClusterIssuer named by expose.tls.issuer. This version does not create it: " +
			"preflight reports if it is missing and prints the command.",
	}),
	when(makesIssuer, Field{
		Key: "prerequisites.clusterIssuer.acme", Kind: Choice, Default: ACMEStaging,
		Title: "Let's Encrypt", Help: "Which Let's Encrypt service issues the certificate.",
		Options: []Option{
			{Value: ACMEStaging, Title: "Staging", Help: "For testing. Browsers do not trust its certificates."},
			{Value: ACMEProduction, Title: "Production", Help: "Trusted by browsers. Requests are rate limited."},
		},
	}, Field{
		Key: "prerequisites.clusterIssuer.email", Kind: Text, Needed: always, Check: email,
		Title: "Email address", Help: "Let's Encrypt sends expiry notices to this address.", Example: "ops@example.com",
	}),
))

var prerequisiteOptions = []Option{
	{Value: PrerequisiteRequire, Title: "Require", Help: "It must be installed already."},
	{Value: PrerequisiteInstall, Title: "Install",
		Help: "Asks to install it if it is missing. This version does not install it: preflight reports if it is " +
			"missing and prints the command."},
	{Value: PrerequisiteSkip, Title: "Skip", Help: "It is not checked."},
}

var rawFields = atStep(StepAdvanced, advanced(plain(Field{
	Key: "values", Kind: Tree,
	Title: "Raw chart values",
	Help:  "Chart values that no other answer covers. They are merged last and override everything else.",
})))
