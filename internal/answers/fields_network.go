package answers

var proxied = condition{func(a Answers) bool { return a.Proxy.HTTP != "" || a.Proxy.HTTPS != "" }, "with proxy.http or proxy.https"}

var networkFields = atStep(StepExtras, fileOnly(
	plain(Field{
		Key: "certificates.customCAs", Kind: Items,
		Title: "Custom CAs", Help: "More certificate authorities that the server trusts: each a name and a certificate (PEM).",
		Example: "[{name: company, certificate: {file: ca.pem}}]",
	}, Field{
		Key: "certificates.secretRefs", Kind: Items,
		Title: "Custom CAs in Secrets", Help: "The same out of Secrets in the namespace: each a name and a key.",
		Example: "[{name: company-ca, key: ca.crt}]",
	}, Field{
		Key: "proxy.http", Kind: Text, Check: proxyURL,
		Title: "HTTP proxy", Help: "The proxy for HTTP.", Example: "http://proxy.example.com:8080",
	}, Field{
		Key: "proxy.https", Kind: Text, Check: proxyURL,
		Title: "HTTPS proxy", Help: "The proxy for HTTPS; its own URL usually begins with http.", Example: "http://proxy.example.com:8080",
	}),
	when(proxied, Field{
		Key: "proxy.noProxy", Kind: List, Check: noProxyEntry,
		Title: "Reached without the proxy", Help: "Hosts, domains (.example.com), addresses and ranges (10.0.0.0/8). The cluster's own names and the database are added by themselves.",
		Example: "[internal.example.com, 10.0.0.0/8]",
	}),
))

var prerequisiteFields = atStep(StepExtras, fileOnly(
	when(usesNginx, Field{
		Key: "prerequisites.ingressNginx", Kind: Choice, Default: PrerequisiteRequire, Options: prerequisiteOptions,
		Title: "ingress-nginx", Help: "What to do about the ingress controller.",
	}),
	when(byIssuer, Field{
		Key: "prerequisites.certManager", Kind: Choice, Default: PrerequisiteRequire, Options: prerequisiteOptions,
		Title: "cert-manager", Help: "What to do about cert-manager.",
	}),
	when(clusterIssue, Field{
		Key: "prerequisites.clusterIssuer.create", Kind: Boolean,
		Title: "Make the ClusterIssuer", Help: "The ClusterIssuer that expose.tls.issuer names is to be made, for Let's Encrypt. This version leaves that to you: preflight says when it is missing, and prints the command.",
	}),
	when(makesIssuer, Field{
		Key: "prerequisites.clusterIssuer.acme", Kind: Choice, Default: ACMEStaging,
		Title: "Let's Encrypt", Help: "Which of its services.",
		Options: []Option{
			{Value: ACMEStaging, Title: "staging", Help: "For trying out: browsers do not trust it."},
			{Value: ACMEProduction, Title: "production", Help: "Trusted by browsers; it limits how often one may try."},
		},
	}, Field{
		Key: "prerequisites.clusterIssuer.email", Kind: Text, Needed: always, Check: email,
		Title: "E-mail address", Help: "Where Let's Encrypt writes when a certificate is about to end.", Example: "ops@example.com",
	}),
))

var prerequisiteOptions = []Option{
	{Value: PrerequisiteRequire, Title: "require it", Help: "It must be there."},
	{Value: PrerequisiteInstall, Title: "install it", Help: "It shall be installed when it is not there in any form. This version leaves that to you: preflight says when it is missing, and prints the command."},
	{Value: PrerequisiteSkip, Title: "skip", Help: "Not looked for."},
}

var rawFields = atStep(StepExtras, fileOnly(plain(Field{
	Key: "values", Kind: Tree,
	Title: "Raw chart values",
	Help:  "Chart values that no question covers. They are merged last and win over everything above.",
})))
