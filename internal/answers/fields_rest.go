package answers

var secretsFields = []Field{
	{
		Key: "secretsStore.type", Step: StepSecrets, Kind: Choice, Default: SQLSecrets, FileOnly: true,
		Title: "Secrets store",
		Help:  "Where the server keeps the secrets that its users give it.",
		Options: []Option{
			{Value: SQLSecrets, Title: "the database", Help: "In the server's own database, encrypted when there is a key."},
		},
	},
	{
		Key: "secretsStore.sql.encryptionKey", Step: StepSecrets, Kind: Secret, Generable: true, FileOnly: true,
		Title: "Encryption key",
		Help:  "The key that encrypts the secrets in the database: 32 random bytes as 64 hexadecimal digits.",
		Why:   "Without it they lie there unencrypted; with the key lost they cannot be read again. It must never change.",
	},
}

func activates(a Answers) bool { return a.Admin.Activate == ActivateAuto }

var accessFields = []Field{
	{
		Key: "expose.type", Step: StepAccess, Kind: Choice, Default: PortForward,
		Title: "How to reach the server",
		Help:  "How you and your team reach the server.",
		Why:   "A server that is reachable before it is activated can be claimed by anyone. Port-forward keeps it to yourself.",
		Options: []Option{
			{Value: PortForward, Title: "port-forward", Help: "Through kubectl's kind of tunnel, from this machine only. No Ingress is made."},
		},
	},
	{
		Key: "admin.activate", Step: StepAccess, Kind: Choice, Default: ActivateBrowser,
		Title: "Activation",
		Help:  "A new server must be activated once: that makes its first admin.",
		Options: []Option{
			{Value: ActivateBrowser, Title: "in the browser", Help: "The activation page opens when the server answers."},
			{Value: ActivateAuto, Title: "now, with a user and password that I give", Help: "Done through the port-forward as soon as the server answers."},
			{Value: ActivateLater, Title: "later", Help: "The server stays unclaimed: whoever reaches it first becomes its admin."},
		},
	},
	{
		Key: "admin.username", Step: StepAccess, Kind: Text, When: activates, Needed: always, Default: "admin",
		Title: "Admin user", Help: "The name of the first admin.", Check: oneLine,
	},
	{
		Key: "admin.password", Step: StepAccess, Kind: Secret, When: activates, Needed: always,
		Title: "Admin password",
		Help:  "8 or more characters with an upper-case and a lower-case letter, a digit and one of " + passwordSymbols + ".",
	},
	{
		Key: "admin.serverName", Step: StepAccess, Kind: Text, When: activates, FileOnly: true,
		Title: "Server name", Help: "What the server calls itself in the dashboard.", Check: oneLine,
	},
}

var extraFields = []Field{
	{
		Key: "values", Step: StepExtras, Kind: Tree, FileOnly: true,
		Title: "Raw chart values",
		Help:  "Chart values that no question covers. They are merged last and win over everything above.",
	},
}
