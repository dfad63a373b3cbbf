package answers

var externalAuth = condition{func(a Answers) bool { return a.Server.Auth.Scheme == "EXTERNAL" }, "with server.auth.scheme EXTERNAL"}

var authFields = atStep(StepExtras, fileOnly(
	plain(Field{
		Key: "server.auth.scheme", Kind: Choice,
		Title: "Login scheme", Help: "How users log in.",
		Options: []Option{
			{Value: "OAUTH2_PASSWORD_BEARER", Title: "user and password", Help: "The usual one."},
			{Value: "EXTERNAL", Title: "external", Help: "By another service."},
			{Value: "HTTP_BASIC", Title: "HTTP basic", Help: "Old clients only."},
			{Value: "NO_AUTH", Title: "none", Help: "Anyone is admin. Never where anyone else can reach the server."},
		},
	}, Field{
		Key: "server.auth.jwtSecretKey", Kind: Secret, Generable: true,
		Title: "Token key", Help: "The key that signs the login tokens.",
		Why:     "The chart makes one by itself and keeps it. Give your own where the values are applied without a cluster to look into: each rendering makes a new key there, and everybody is logged out.",
		Example: "{generate: true}",
	}, Field{
		Key: "server.auth.jwtTokenAlgorithm", Kind: Choice,
		Title: "Token algorithm", Help: "How the login tokens are signed.",
		Options: []Option{{Value: "HS256", Title: "HS256"}, {Value: "HS384", Title: "HS384"}, {Value: "HS512", Title: "HS512"}},
	}, Field{
		Key: "server.auth.jwtTokenIssuer", Kind: Text, Check: oneLine, Title: "Token issuer", Help: "The issuer that stands in the login tokens.",
	}, Field{
		Key: "server.auth.jwtTokenAudience", Kind: Text, Check: oneLine, Title: "Token audience", Help: "The audience that stands in the login tokens.",
	}, Field{
		Key: "server.auth.jwtTokenLeewaySeconds", Kind: Integer, Check: nonNegative, Title: "Token leeway", Help: "Seconds by which clocks may differ; 0 for none.", Example: "10",
	}, Field{
		Key: "server.auth.jwtTokenExpireMinutes", Kind: Integer, Check: positive, Title: "Token lifetime", Help: "Minutes after which a login ends.", Example: "480",
	}, Field{
		Key: "server.auth.authCookieName", Kind: Text, Check: oneLine, Title: "Cookie name", Help: "The name of the login cookie.",
	}, Field{
		Key: "server.auth.authCookieDomain", Kind: Text, Check: oneLine, Title: "Cookie domain", Help: "The domain of the login cookie.", Example: "example.com",
	}, Field{
		Key: "server.auth.corsAllowOrigins", Kind: List, Check: oneLine,
		Title: "Allowed origins", Help: "The web pages that may call the server from a browser. The chart's default is all.", Example: "[\"https://zenml.example.com\"]",
	}, Field{
		Key: "server.auth.maxFailedDeviceAuthAttempts", Kind: Integer, Check: positive, Title: "Failed device logins", Help: "How often a device login may fail.", Example: "3",
	}, Field{
		Key: "server.auth.deviceAuthTimeout", Kind: Integer, Check: positive, Title: "Device login time-out", Help: "Seconds that a device login may take.", Example: "300",
	}, Field{
		Key: "server.auth.deviceAuthPollingInterval", Kind: Integer, Check: positive, Title: "Device login interval", Help: "Seconds between two questions of a waiting client.", Example: "5",
	}, Field{
		Key: "server.auth.deviceExpirationMinutes", Kind: Integer, Check: positive, Title: "Device lifetime", Help: "Minutes after which a device must log in again.", Example: "10080",
	}, Field{
		Key: "server.auth.trustedDeviceExpirationMinutes", Kind: Integer, Check: positive, Title: "Trusted device lifetime", Help: "The same for devices that were marked as trusted.", Example: "20160",
	}),
	when(externalAuth, Field{
		Key: "server.auth.externalLoginURL", Kind: Text, Check: webURL, Needed: always, Title: "External login", Help: "The page where users log in.", Example: "https://login.example.com",
	}, Field{
		Key: "server.auth.externalUserInfoURL", Kind: Text, Check: webURL, Needed: always, Title: "External user info", Help: "Where the server asks who a user is.", Example: "https://login.example.com/userinfo",
	}, Field{
		Key: "server.auth.externalServerID", Kind: Text, Check: oneLine, Title: "External server ID", Help: "The server's ID there.",
	}),
	plain(Field{
		Key: "server.auth.rbacImplementationSource", Kind: Text, Check: classPath, Title: "Access control class", Help: "A class in the image that decides who may do what.",
	}, Field{
		Key: "server.auth.featureGateImplementationSource", Kind: Text, Check: classPath, Title: "Feature gate class", Help: "A class in the image that decides what may be used.",
	}),
))
