package answers

var activates = condition{func(a Answers) bool { return a.Admin.Activate == ActivateAuto }, "admin.activate is auto"}

var activatesByAPI = condition{
	func(a Answers) bool { return activates.holds(a) && a.Admin.Through != ThroughEnvironment },
	"admin.activate is auto and admin.through is not environment",
}

var hasServiceAccount = activates.and(condition{
	func(a Answers) bool { return a.Admin.ServiceAccount.Name != "" }, "admin.serviceAccount.name is set",
})

var adminFields = atStep(StepAccess,
	plain(Field{
		Key: "admin.activate", Kind: Choice, Default: ActivateBrowser,
		Title: "Activation",
		Help:  "A new server must be activated once, which creates its admin account.",
		Options: []Option{
			{Value: ActivateBrowser, Title: "In the browser",
				Help: "The activation page opens when the server is ready."},
			{Value: ActivateAuto, Title: "Automatically",
				Help: "The installer creates the admin account when the server is ready."},
			{Value: ActivateLater, Title: "Later",
				Help: "Until then, the first person to open the server becomes its admin."},
		},
	}),
	when(activates, Field{
		Key: "admin.username", Kind: Text, Needed: always, Default: "admin",
		Title: "Admin user name", Help: "The user name of the admin account.", Check: oneLine,
	}, Field{
		Key:     "admin.password",
		Kind:    Secret,
		Needed:  always,
		Check:   adminPassword,
		Confirm: true,
		Title:   "Admin password",
		Help: "At least 8 characters, with an upper-case and a lower-case letter, a digit and one of " +
			passwordSymbols + ".",
	}),
	advanced(when(activates, Field{
		Key: "admin.through", Kind: Choice,
		Title: "Activated by",
		Help: "Who activates the server. If empty, a new server activates itself where the chart can read the " +
			"password from a Secret and admin.serverName is empty; otherwise the installer does. An existing release " +
			"keeps its way.",
		Options: []Option{
			{Value: ThroughAPI, Title: "The installer", Help: "Through the server's API, as soon as the server listens."},
			{Value: ThroughEnvironment, Title: "The server",
				Help: "From its environment, before it listens for the first time."},
		},
	}), when(activatesByAPI, Field{
		Key: "admin.serverName", Kind: Text,
		Title: "Server name", Help: "The server's name in the dashboard.", Check: oneLine, Example: "team-zenml",
	}), when(activates, Field{
		Key: "admin.serviceAccount.name", Kind: Text, Check: dnsLabel,
		Title: "Service account",
		Help: "The name of a service account for CI. The installer creates it after the activation, with an API key " +
			"for `zenml login --api-key`.",
		Example: "ci",
	}), when(hasServiceAccount, Field{
		Key: "admin.serviceAccount.secretName", Kind: Text, Check: optionalDNSName,
		Title: "API key Secret",
		Help: "The Secret in the server's namespace that the API key is written to, as key api-key. If empty, " +
			"RELEASE-NAME-api-key, unless there is a file.",
		Example: "zenml-ci",
	}, Field{
		Key: "admin.serviceAccount.file", Kind: Text, Check: oneLine,
		Title: "API key file",
		Help: "The file that the API key is written to, instead of a Secret. Only its owner can read it. A relative " +
			"path starts at the folder of the answers file.",
		Example: "ci.key",
	})),
)
