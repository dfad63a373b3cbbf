package answers

var activates = condition{func(a Answers) bool { return a.Admin.Activate == ActivateAuto }, "admin.activate is auto"}

var activatesByAPI = condition{
	func(a Answers) bool { return activates.holds(a) && a.Admin.Through != ThroughEnvironment },
	"admin.activate is auto and admin.through is api",
}

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
	fileOnly(when(activates, Field{
		Key: "admin.through", Kind: Choice, Default: ThroughAPI,
		Title: "Activated by", Help: "Who activates the server.",
		Options: []Option{
			{Value: ThroughAPI, Title: "The installer", Help: "Through the server's API, when the server is ready."},
			{Value: ThroughEnvironment, Title: "The server",
				Help: "From its environment, when it starts for the first time. For values that another tool applies."},
		},
	}), when(activatesByAPI, Field{
		Key: "admin.serverName", Kind: Text,
		Title: "Server name", Help: "The server's name in the dashboard.", Check: oneLine, Example: "team-zenml",
	})),
)
