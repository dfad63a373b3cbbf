package render

// auth writes how users and devices log in.
func auth(d *draft) {
	a := d.a.Server.Auth
	d.comment("auth", "How users and devices log in (server.auth).")
	d.plain("auth.authType", a.Scheme, "server.auth.scheme", "ZENML_SERVER_AUTH_SCHEME")
	if !a.JWTSecretKey.IsZero() {
		d.variable("ZENML_SERVER_JWT_SECRET_KEY", "auth.jwtSecretKey", "server.auth.jwtSecretKey")
	}
	for _, p := range []struct {
		name, variable string
		value          any
	}{
		{"jwtTokenAlgorithm", "JWT_TOKEN_ALGORITHM", a.JWTTokenAlgorithm},
		{"jwtTokenIssuer", "JWT_TOKEN_ISSUER", a.JWTTokenIssuer},
		{"jwtTokenAudience", "JWT_TOKEN_AUDIENCE", a.JWTTokenAudience},
		{"jwtTokenLeewaySeconds", "JWT_TOKEN_LEEWAY_SECONDS", a.JWTTokenLeewaySeconds},
		{"jwtTokenExpireMinutes", "JWT_TOKEN_EXPIRE_MINUTES", a.JWTTokenExpireMinutes},
		{"authCookieName", "AUTH_COOKIE_NAME", a.AuthCookieName},
		{"authCookieDomain", "AUTH_COOKIE_DOMAIN", a.AuthCookieDomain},
		{"corsAllowOrigins", "CORS_ALLOW_ORIGINS", a.CORSAllowOrigins},
		{"maxFailedDeviceAuthAttempts", "MAX_FAILED_DEVICE_AUTH_ATTEMPTS", a.MaxFailedDeviceAuthAttempts},
		{"deviceAuthTimeout", "DEVICE_AUTH_TIMEOUT", a.DeviceAuthTimeout},
		{"deviceAuthPollingInterval", "DEVICE_AUTH_POLLING_INTERVAL", a.DeviceAuthPollingInterval},
		{"deviceExpirationMinutes", "DEVICE_EXPIRATION_MINUTES", a.DeviceExpirationMinutes},
		{"trustedDeviceExpirationMinutes", "TRUSTED_DEVICE_EXPIRATION_MINUTES", a.TrustedDeviceExpirationMinutes},
		{"externalLoginURL", "EXTERNAL_LOGIN_URL", a.ExternalLoginURL},
		{"externalUserInfoURL", "EXTERNAL_USER_INFO_URL", a.ExternalUserInfoURL},
		{"externalServerID", "EXTERNAL_SERVER_ID", a.ExternalServerID},
		{"rbacImplementationSource", "RBAC_IMPLEMENTATION_SOURCE", a.RBACImplementationSource},
		{"featureGateImplementationSource", "FEATURE_GATE_IMPLEMENTATION_SOURCE", a.FeatureGateImplementationSource},
	} {
		d.plain("auth."+p.name, p.value, "server.auth."+p.name, "ZENML_SERVER_"+p.variable)
	}
}
