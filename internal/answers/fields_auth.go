package answers

var externalAuth = condition{
	func(a Answers) bool { return a.Server.Auth.Scheme == "EXTERNAL" },
	"server.auth.scheme is EXTERNAL",
}

var authFields = atStep(StepAdvanced, advanced(
	plain(Field{
		Key: "server.auth.scheme", Kind: Choice,
		Title: "Login scheme", Help: "How users log in.",
		Options: []Option{
			{Value: "OAUTH2_PASSWORD_BEARER", Title: "User name and password", Help: "The default."},
			{Value: "EXTERNAL", Title: "External", Help: "Through another service."},
			{Value: "HTTP_BASIC", Title: "HTTP basic", Help: "For old clients only."},
			{Value: "NO_AUTH", Title: "None",
				Help: "Everyone is an admin. Use it only if nobody else can reach the server."},
		},
	}, Field{
		Key: "server.auth.jwtSecretKey", Kind: Secret, Generable: true,
		Title: "Token key", Help: "The key that signs the login tokens.",
		Why: "By default the chart generates a key and keeps it. Set one if the values are rendered without " +
			"cluster access (GitOps): otherwise each rendering generates a new key, which logs everyone out.",
		Example: "{generate: true}",
	}, Field{
		Key: "server.auth.jwtTokenAlgorithm", Kind: Choice,
		Title: "Token algorithm", Help: "How the login tokens are signed.",
		Options: []Option{{Value: "HS256", Title: "HS256"}, {Value: "HS384", Title: "HS384"},
			{Value: "HS512", Title: "HS512"}},
	}, Field{
		Key:   "server.auth.jwtTokenIssuer",
		Kind:  Text,
		Check: oneLine,
		Title: "Token issuer",
		Help:  "The issuer claim of the login tokens.",
	}, Field{
		Key:   "server.auth.jwtTokenAudience",
		Kind:  Text,
		Check: oneLine,
		Title: "Token audience",
		Help:  "The audience claim of the login tokens.",
	}, Field{
		Key:     "server.auth.jwtTokenLeewaySeconds",
		Kind:    Integer,
		Check:   nonNegative,
		Title:   "Token leeway",
		Help:    "Allowed clock skew in seconds; 0 for none.",
		Example: "10",
	}, Field{
		Key:     "server.auth.jwtTokenExpireMinutes",
		Kind:    Integer,
		Check:   positive,
		Title:   "Token lifetime",
		Help:    "Minutes after which a login expires.",
		Example: "480",
	}, Field{
		Key:   "server.auth.authCookieName",
		Kind:  Text,
		Check: oneLine,
		Title: "Cookie name",
		Help:  "The name of the login cookie.",
	}, Field{
		Key:     "server.auth.authCookieDomain",
		Kind:    Text,
		Check:   oneLine,
		Title:   "Cookie domain",
		Help:    "The domain of the login cookie.",
		Example: "example.com",
	}, Field{
		Key: "server.auth.corsAllowOrigins", Kind: List, Check: oneLine,
		Title:   "Allowed origins",
		Help:    "The origins of web pages that may call the server (CORS). The chart allows all by default.",
		Example: "[\"https://zenml.example.com\"]",
	}, Field{
		Key:     "server.auth.maxFailedDeviceAuthAttempts",
		Kind:    Integer,
		Check:   positive,
		Title:   "Failed device logins",
		Help:    "How many times a device login may fail.",
		Example: "3",
	}, Field{
		Key:     "server.auth.deviceAuthTimeout",
		Kind:    Integer,
		Check:   positive,
		Title:   "Device login timeout",
		Help:    "Seconds that a device login may take.",
		Example: "300",
	}, Field{
		Key:     "server.auth.deviceAuthPollingInterval",
		Kind:    Integer,
		Check:   positive,
		Title:   "Device login interval",
		Help:    "Seconds between two polls of a waiting client.",
		Example: "5",
	}, Field{
		Key:     "server.auth.deviceExpirationMinutes",
		Kind:    Integer,
		Check:   positive,
		Title:   "Device lifetime",
		Help:    "Minutes after which a device must log in again.",
		Example: "10080",
	}, Field{
		Key:     "server.auth.trustedDeviceExpirationMinutes",
		Kind:    Integer,
		Check:   positive,
		Title:   "Trusted device lifetime",
		Help:    "Minutes after which a trusted device must log in again.",
		Example: "20160",
	}),
	when(externalAuth, Field{
		Key:     "server.auth.externalLoginURL",
		Kind:    Text,
		Check:   webURL,
		Needed:  always,
		Title:   "External login",
		Help:    "The URL of the login page.",
		Example: "https://login.example.com",
	}, Field{
		Key:     "server.auth.externalUserInfoURL",
		Kind:    Text,
		Check:   webURL,
		Needed:  always,
		Title:   "External user info",
		Help:    "The URL from which the server gets user information.",
		Example: "https://login.example.com/userinfo",
	}, Field{
		Key:   "server.auth.externalServerID",
		Kind:  Text,
		Check: oneLine,
		Title: "External server ID",
		Help:  "The server's ID in the external service.",
	}),
	plain(Field{
		Key:   "server.auth.rbacImplementationSource",
		Kind:  Text,
		Check: classPath,
		Title: "Access control class",
		Help:  "The dotted path of a class in the image that implements RBAC.",
	}, Field{
		Key:   "server.auth.featureGateImplementationSource",
		Kind:  Text,
		Check: classPath,
		Title: "Feature gate class",
		Help:  "The dotted path of a class in the image that enables features.",
	}),
))
