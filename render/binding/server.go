package binding

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// JWTVariable is the variable with the JWT secret key.
const JWTVariable = "ZENML_SERVER_JWT_SECRET_KEY"

// Auth returns the bindings of server.auth.
func Auth(a *answers.Auth) []Binding {
	of := func(name, variable string, at any) Binding {
		return Binding{"auth." + name, "server.auth." + name, "ZENML_SERVER_" + variable, at}
	}
	return []Binding{
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

// OpenTelemetry returns the bindings of server.openTelemetry.
func OpenTelemetry(o *answers.OpenTelemetry) []Binding {
	return []Binding{
		{"openTelemetry.endpoint", "server.openTelemetry.endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", &o.Endpoint},
		{"openTelemetry.serviceName", "server.openTelemetry.serviceName", "OTEL_SERVICE_NAME", &o.ServiceName},
		{
			"openTelemetry.tracesEndpoint",
			"server.openTelemetry.tracesEndpoint",
			"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
			&o.TracesEndpoint,
		},
		{
			"openTelemetry.metricsEndpoint",
			"server.openTelemetry.metricsEndpoint",
			"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
			&o.MetricsEndpoint,
		},
		{
			"openTelemetry.logsEndpoint",
			"server.openTelemetry.logsEndpoint",
			"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
			&o.LogsEndpoint,
		},
	}
}

// Proxy returns the bindings of proxy.
func Proxy(p *answers.Proxy) []Binding {
	return []Binding{
		{"proxy.httpProxy", "proxy.http", "HTTP_PROXY", &p.HTTP},
		{"proxy.httpsProxy", "proxy.https", "HTTPS_PROXY", &p.HTTPS},
	}
}

// Server returns the bindings of server itself.
func Server(s *answers.Server) []Binding {
	return []Binding{
		{"defaultProject", "server.defaultProject", "ZENML_DEFAULT_PROJECT_NAME", &s.DefaultProject},
		{"threadPoolSize", "server.threadPoolSize", "ZENML_SERVER_THREAD_POOL_SIZE", &s.ThreadPoolSize},
		{
			"authThreadPoolSize",
			"server.authThreadPoolSize",
			"ZENML_SERVER_AUTH_THREAD_POOL_SIZE",
			&s.AuthThreadPoolSize,
		},
		{"requestTimeout", "server.requestTimeout", "ZENML_SERVER_REQUEST_TIMEOUT", &s.RequestTimeout},
		{
			"requestCacheTimeout",
			"server.requestCacheTimeout",
			"ZENML_SERVER_REQUEST_CACHE_TIMEOUT",
			&s.RequestCacheTimeout,
		},
	}
}
