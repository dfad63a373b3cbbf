package render

import "github.com/zenml-installer/zenml-installer/internal/answers"

// auth writes how users and devices log in.
func auth(d *draft) {
	d.comment("auth", "How users and devices log in (server.auth).")
	if !d.a.Server.Auth.JWTSecretKey.IsZero() {
		d.variable(jwtVariable, "auth.jwtSecretKey", "server.auth.jwtSecretKey")
	}
	for _, b := range authBindings(&d.a.Server.Auth) {
		d.bind(b)
	}
}

const jwtVariable = "ZENML_SERVER_JWT_SECRET_KEY"

func authBindings(a *answers.Auth) []binding {
	of := func(name, variable string, at any) binding {
		return binding{"auth." + name, "server.auth." + name, "ZENML_SERVER_" + variable, at}
	}
	return []binding{
		{"auth.authType", "server.auth.scheme", "ZENML_SERVER_AUTH_SCHEME", &a.Scheme},
		of("jwtTokenAlgorithm", "JWT_TOKEN_ALGORITHM", &a.JWTTokenAlgorithm),
		of("jwtTokenIssuer", "JWT_TOKEN_ISSUER", &a.JWTTokenIssuer),
		of("jwtTokenAudience", "JWT_TOKEN_AUDIENCE", &a.JWTTokenAudience),
		of("jwtTokenLeewaySeconds", "JWT_TOKEN_LEEWAY_SECONDS", &a.JWTTokenLeewaySeconds),
		of("jwtTokenExpireMinutes", "JWT_TOKEN_EXPIRE_MINUTES", &a.JWTTokenExpireMinutes),
		of("authCookieName", "AUTH_COOKIE_NAME", &a.AuthCookieName),
		of("authCookieDomain", "AUTH_COOKIE_DOMAIN", &a.AuthCookieDomain),
		of("corsAllowOrigins", "CORS_ALLOW_ORIGINS", &a.CORSAllowOrigins),
		of("maxFailedDeviceAuthAttempts", "MAX_FAILED_DEVICE_AUTH_ATTEMPTS", &a.MaxFailedDeviceAuthAttempts),
		of("deviceAuthTimeout", "DEVICE_AUTH_TIMEOUT", &a.DeviceAuthTimeout),
		of("deviceAuthPollingInterval", "DEVICE_AUTH_POLLING_INTERVAL", &a.DeviceAuthPollingInterval),
		of("deviceExpirationMinutes", "DEVICE_EXPIRATION_MINUTES", &a.DeviceExpirationMinutes),
		of("trustedDeviceExpirationMinutes", "TRUSTED_DEVICE_EXPIRATION_MINUTES", &a.TrustedDeviceExpirationMinutes),
		of("externalLoginURL", "EXTERNAL_LOGIN_URL", &a.ExternalLoginURL),
		of("externalUserInfoURL", "EXTERNAL_USER_INFO_URL", &a.ExternalUserInfoURL),
		of("externalServerID", "EXTERNAL_SERVER_ID", &a.ExternalServerID),
		of("rbacImplementationSource", "RBAC_IMPLEMENTATION_SOURCE", &a.RBACImplementationSource),
		of("featureGateImplementationSource", "FEATURE_GATE_IMPLEMENTATION_SOURCE", &a.FeatureGateImplementationSource),
	}
}
