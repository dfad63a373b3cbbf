package answers

var (
	autoscales = condition{
		func(a Answers) bool { return usesMySQL.holds(a) && a.Server.Autoscaling.MaxReplicas > 0 },
		"database.type is mysql and server.autoscaling.maxReplicas is set",
	}
	sendsOTel = condition{func(a Answers) bool {
		o := a.Server.OpenTelemetry
		return o.Endpoint != "" || o.TracesEndpoint != "" || o.MetricsEndpoint != "" || o.LogsEndpoint != ""
	}, "an endpoint of server.openTelemetry is set"}
)

var serverFields = atStep(StepAdvanced, advanced(
	plain(Field{
		Key: "server.url", Kind: Text, Check: webURL,
		Title:   "Server URL",
		Help:    "The URL of the server for clients. If empty, it is derived from expose.",
		Example: "https://zenml.example.com",
	}, Field{
		Key: "server.dashboardURL", Kind: Text, Check: webURL,
		Title:   "Dashboard URL",
		Help:    "The URL of the dashboard. If empty, it is derived from expose.",
		Example: "https://zenml.example.com",
	}),
	when(usesMySQL, Field{
		Key: "server.replicas", Kind: Integer, Check: replicas,
		Title: "Replicas", Help: "The number of server pods. SQLite allows only one.", Example: "2",
	}, Field{
		Key: "server.autoscaling.maxReplicas", Kind: Integer, Check: replicas,
		Title:   "Autoscaling",
		Help:    "The maximum number of server pods with autoscaling, which needs a metrics server and CPU requests.",
		Example: "5",
	}),
	when(autoscales, Field{
		Key: "server.autoscaling.minReplicas", Kind: Integer, Check: replicas,
		Title: "Minimum pods", Help: "The minimum number of server pods.", Example: "2",
	}, Field{
		Key: "server.autoscaling.cpu", Kind: Integer, Check: percent,
		Title:   "CPU target",
		Help:    "The CPU usage, as a percentage of the request, above which a pod is added.",
		Example: "80",
	}),
	plain(Field{
		Key: "server.image.repository", Kind: Text, Check: imageRepository,
		Title:   "Image",
		Help:    "The image repository: a mirror, or a custom image.",
		Example: "registry.example.com/zenml-server",
	}, Field{
		Key: "server.image.tag", Kind: Text, Check: imageTag,
		Title: "Image tag", Help: "The image tag. If empty, the version of the chart.", Example: `"0.98.1"`,
	}, Field{
		Key: "server.image.pullPolicy", Kind: Choice,
		Title: "Pull policy", Help: "When nodes pull the image.",
		Options: []Option{{Value: "Always", Title: "Always"}, {Value: "IfNotPresent", Title: "IfNotPresent"},
			{Value: "Never", Title: "Never"}},
	}, Field{
		Key: "server.image.pullSecrets", Kind: List, Check: optionalDNSName,
		Title:   "Pull secrets",
		Help:    "Secrets in the namespace with credentials for the image registry.",
		Example: "[registry-login]",
	}, Field{
		Key: "server.environment", Kind: Pairs, CheckName: envName,
		Title:   "Environment",
		Help:    "Additional environment variables of the server.",
		Example: "{ZENML_SERVER_MAX_REQUEST_BODY_SIZE_IN_BYTES: \"268435456\"}",
	}, Field{
		Key: "server.secretEnvironment", Kind: Secrets, CheckName: envName,
		Title: "Secret environment", Help: "Additional environment variables of the server whose values are secret.",
		Why:     "They are stored in a Secret and never in the values, if the chart can reference a Secret.",
		Example: "{API_TOKEN: {env: API_TOKEN}}",
	}, Field{
		Key: "server.logging.verbosity", Kind: Choice,
		Title: "Verbosity", Help: "How much the server logs.",
		Options: []Option{{Value: "debug", Title: "debug"}, {Value: "info", Title: "info"},
			{Value: "warn", Title: "warn"}, {Value: "error", Title: "error"}, {Value: "critical", Title: "critical"}},
	}, Field{
		Key: "server.logging.format", Kind: Choice,
		Title: "Log format", Help: "Human-readable, or JSON.",
		Options: []Option{{Value: "console", Title: "console"}, {Value: "json", Title: "json"}},
	}, Field{
		Key: "server.logging.noColors", Kind: Boolean,
		Title: "No log colors", Help: "Disables colors in the log.",
	}, Field{
		Key: "server.telemetryOptOut", Kind: Boolean,
		Title: "No telemetry", Help: "Stops the server from sending usage data to the ZenML project.",
	}, Field{
		Key: "server.openTelemetry.endpoint", Kind: Text, Check: webURL,
		Title:   "OpenTelemetry",
		Help:    "Where the server sends traces, metrics and logs (OTLP).",
		Example: "http://collector.observability:4317",
	}, Field{
		Key: "server.openTelemetry.tracesEndpoint", Kind: Text, Check: webURL,
		Title:   "OpenTelemetry traces",
		Help:    "A separate endpoint for traces.",
		Example: "http://tempo.observability:4317",
	}, Field{
		Key: "server.openTelemetry.metricsEndpoint", Kind: Text, Check: webURL,
		Title:   "OpenTelemetry metrics",
		Help:    "A separate endpoint for metrics.",
		Example: "http://prometheus.observability:4317",
	}, Field{
		Key: "server.openTelemetry.logsEndpoint", Kind: Text, Check: webURL,
		Title: "OpenTelemetry logs", Help: "A separate endpoint for logs.", Example: "http://loki.observability:4317",
	}),
	when(sendsOTel, Field{
		Key: "server.openTelemetry.serviceName", Kind: Text, Check: oneLine,
		Title: "OpenTelemetry service name", Help: "The service name that the server reports.", Example: "zenml",
	}, Field{
		Key: "server.openTelemetry.disable", Kind: List, Check: signal,
		Title:   "Disabled signals",
		Help:    "The OpenTelemetry signals that are not sent: traces, metrics, logs.",
		Example: "[logs]",
	}),
	plain(Field{
		Key: "server.secureHeaders", Kind: Pairs,
		Title:   "Security headers",
		Help:    "Security-related HTTP headers: enabled, disabled, or a custom value.",
		Example: "{hsts: disabled}",
	}, Field{
		Key: "server.defaultProject", Kind: Text, Check: oneLine,
		Title: "Default project", Help: "The name of the first project.", Example: "default",
	}, Field{
		Key: "server.implicitAuthMethods", Kind: Boolean,
		Title: "Implicit authentication", Help: "Lets users' service connectors use the pod's own identity.",
		Why: "Anyone who can create a connector then has the permissions of the server's pod. The secrets store " +
			"does not need it.",
	}, Field{
		Key:   "server.threadPoolSize",
		Kind:  Integer,
		Check: positive,
		Title: "Threads",
		Help: "Requests that a pod handles concurrently. It should not exceed the connection pool plus " +
			"its overflow.",
		Example: "40",
	}, Field{
		Key: "server.authThreadPoolSize", Kind: Integer, Check: positive,
		Title: "Login threads", Help: "Logins that a pod handles concurrently.", Example: "5",
	}, Field{
		Key: "server.requestTimeout", Kind: Integer, Check: positive,
		Title: "Request timeout", Help: "Seconds that a request may wait for a thread.", Example: "20",
	}, Field{
		Key: "server.requestCacheTimeout", Kind: Integer, Check: nonNegative,
		Title:   "Request cache",
		Help:    "Seconds for which responses to repeated requests are cached; 0 for none.",
		Example: "300",
	}),
))
