package answers

var activates = condition{func(a Answers) bool { return a.Admin.Activate == ActivateAuto }, "with admin.activate auto"}

var activatesByAPI = condition{func(a Answers) bool { return activates.holds(a) && a.Admin.Through != ThroughEnvironment }, "with admin.activate auto through the API"}

var adminFields = atStep(StepAccess,
	plain(Field{
		Key: "admin.activate", Kind: Choice, Default: ActivateBrowser,
		Title: "Activation",
		Help:  "A new server must be activated once: that makes its first admin.",
		Options: []Option{
			{Value: ActivateBrowser, Title: "in the browser", Help: "The activation page opens when the server answers."},
			{Value: ActivateAuto, Title: "now, with a user and password that I give", Help: "Done through the port-forward as soon as the server answers."},
			{Value: ActivateLater, Title: "later", Help: "The server stays unclaimed: whoever reaches it first becomes its admin."},
		},
	}),
	when(activates, Field{
		Key: "admin.username", Kind: Text, Needed: always, Default: "admin",
		Title: "Admin user", Help: "The name of the first admin.", Check: oneLine,
	}, Field{
		Key: "admin.password", Kind: Secret, Needed: always, Check: adminPassword, Confirm: true,
		Title: "Admin password",
		Help:  "8 or more characters with an upper-case and a lower-case letter, a digit and one of " + passwordSymbols + ".",
	}),
	fileOnly(when(activates, Field{
		Key: "admin.through", Kind: Choice, Default: ThroughAPI,
		Title: "Way of activation", Help: "Who activates the server.",
		Options: []Option{
			{Value: ThroughAPI, Title: "the installer", Help: "Through the server's API, as soon as it answers."},
			{Value: ThroughEnvironment, Title: "the server itself", Help: "At its first start, out of its environment. For values that something else applies."},
		},
	}), when(activatesByAPI, Field{
		Key: "admin.serverName", Kind: Text,
		Title: "Server name", Help: "What the server calls itself in the dashboard.", Check: oneLine, Example: "team-zenml",
	})),
)
