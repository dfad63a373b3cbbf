package answers

var (
	autoscales = condition{func(a Answers) bool { return usesMySQL.holds(a) && a.Server.Autoscaling.MaxReplicas > 0 }, "with MySQL and server.autoscaling.maxReplicas"}
	sendsOTel  = condition{func(a Answers) bool {
		o := a.Server.OpenTelemetry
		return o.Endpoint != "" || o.TracesEndpoint != "" || o.MetricsEndpoint != "" || o.LogsEndpoint != ""
	}, "with an endpoint of server.openTelemetry"}
)

var serverFields = atStep(StepExtras, fileOnly(
	plain(Field{
		Key: "server.url", Kind: Text, Check: webURL,
		Title: "Server URL", Help: "The URL under which clients know the server. Empty derives it from expose.", Example: "https://zenml.example.com",
	}, Field{
		Key: "server.dashboardURL", Kind: Text, Check: webURL,
		Title: "Dashboard URL", Help: "The URL under which people know the dashboard. Empty derives it from expose.", Example: "https://zenml.example.com",
	}),
	when(usesMySQL, Field{
		Key: "server.replicas", Kind: Integer, Check: replicas,
		Title: "Replicas", Help: "How many server pods run. SQLite allows only one.", Example: "2",
	}, Field{
		Key: "server.autoscaling.maxReplicas", Kind: Integer, Check: replicas,
		Title: "Autoscaling", Help: "Lets Kubernetes run up to so many server pods. It needs a metrics server and CPU requests.", Example: "5",
	}),
	when(autoscales, Field{
		Key: "server.autoscaling.minReplicas", Kind: Integer, Check: replicas,
		Title: "Fewest pods", Help: "How many server pods run at least.", Example: "2",
	}, Field{
		Key: "server.autoscaling.cpu", Kind: Integer, Check: percent,
		Title: "CPU target", Help: "The CPU use, in per cent of the request, above which a pod is added.", Example: "80",
	}),
	plain(Field{
		Key: "server.image.repository", Kind: Text, Check: imageRepository,
		Title: "Image", Help: "The image's repository: a mirror, or an image of your own.", Example: "registry.example.com/zenml-server",
	}, Field{
		Key: "server.image.tag", Kind: Text, Check: imageTag,
		Title: "Image tag", Help: "The image's tag. Empty means the chart's version.", Example: `"0.98.1"`,
	}, Field{
		Key: "server.image.pullPolicy", Kind: Choice,
		Title: "Pull policy", Help: "When a node pulls the image.",
		Options: []Option{{Value: "Always", Title: "Always"}, {Value: "IfNotPresent", Title: "IfNotPresent"}, {Value: "Never", Title: "Never"}},
	}, Field{
		Key: "server.image.pullSecrets", Kind: List, Check: optionalDNSName,
		Title: "Pull secrets", Help: "Secrets in the namespace that log into the image's registry.", Example: "[registry-login]",
	}, Field{
		Key: "server.environment", Kind: Pairs, CheckName: envName,
		Title: "Environment", Help: "More variables for the server.", Example: "{ZENML_SERVER_MAX_REQUEST_BODY_SIZE_IN_BYTES: \"268435456\"}",
	}, Field{
		Key: "server.secretEnvironment", Kind: Secrets, CheckName: envName,
		Title: "Secret environment", Help: "More variables for the server whose content is secret.",
		Why: "They go into a Secret and never into the values, where the chart can read them from one.", Example: "{API_TOKEN: {env: API_TOKEN}}",
	}, Field{
		Key: "server.logging.verbosity", Kind: Choice,
		Title: "Verbosity", Help: "How much the server logs.",
		Options: []Option{{Value: "debug", Title: "debug"}, {Value: "info", Title: "info"}, {Value: "warn", Title: "warn"}, {Value: "error", Title: "error"}, {Value: "critical", Title: "critical"}},
	}, Field{
		Key: "server.logging.format", Kind: Choice,
		Title: "Log format", Help: "For people, or for machines.",
		Options: []Option{{Value: "console", Title: "console"}, {Value: "json", Title: "json"}},
	}, Field{
		Key: "server.logging.noColors", Kind: Boolean,
		Title: "Log without colours", Help: "Leaves the colours out of the log.",
	}, Field{
		Key: "server.telemetryOptOut", Kind: Boolean,
		Title: "No telemetry", Help: "Keeps the server from sending usage data to the ZenML project.",
	}, Field{
		Key: "server.openTelemetry.endpoint", Kind: Text, Check: webURL,
		Title: "OpenTelemetry", Help: "Where the server sends traces, metrics and logs (OTLP).", Example: "http://collector.observability:4317",
	}, Field{
		Key: "server.openTelemetry.tracesEndpoint", Kind: Text, Check: webURL,
		Title: "OpenTelemetry traces", Help: "Another address for traces.", Example: "http://tempo.observability:4317",
	}, Field{
		Key: "server.openTelemetry.metricsEndpoint", Kind: Text, Check: webURL,
		Title: "OpenTelemetry metrics", Help: "Another address for metrics.", Example: "http://prometheus.observability:4317",
	}, Field{
		Key: "server.openTelemetry.logsEndpoint", Kind: Text, Check: webURL,
		Title: "OpenTelemetry logs", Help: "Another address for logs.", Example: "http://loki.observability:4317",
	}),
	when(sendsOTel, Field{
		Key: "server.openTelemetry.serviceName", Kind: Text, Check: oneLine,
		Title: "OpenTelemetry name", Help: "What the server calls itself there.", Example: "zenml",
	}, Field{
		Key: "server.openTelemetry.disable", Kind: List, Check: signal,
		Title: "OpenTelemetry off", Help: "The signals that are not sent: traces, metrics, logs.", Example: "[logs]",
	}),
	plain(Field{
		Key: "server.secureHeaders", Kind: Pairs,
		Title: "Security headers", Help: "HTTP headers of the server: enabled, disabled, or a value of your own.", Example: "{hsts: disabled}",
	}, Field{
		Key: "server.defaultProject", Kind: Text, Check: oneLine,
		Title: "Default project", Help: "The name of the first project.", Example: "default",
	}, Field{
		Key: "server.implicitAuthMethods", Kind: Boolean,
		Title: "Implicit logins of connectors", Help: "Lets users' service connectors act under the pod's own identity.",
		Why: "Whoever may make a connector then has the rights of the server's pod. The secrets store does not need it.",
	}, Field{
		Key: "server.threadPoolSize", Kind: Integer, Check: positive,
		Title: "Threads", Help: "How many requests a pod works on at once. It should not exceed the database's pool and overflow.", Example: "40",
	}, Field{
		Key: "server.authThreadPoolSize", Kind: Integer, Check: positive,
		Title: "Threads for logins", Help: "How many logins a pod works on at once.", Example: "5",
	}, Field{
		Key: "server.requestTimeout", Kind: Integer, Check: positive,
		Title: "Request time-out", Help: "Seconds that a request may wait for a thread.", Example: "20",
	}, Field{
		Key: "server.requestCacheTimeout", Kind: Integer, Check: nonNegative,
		Title: "Request cache", Help: "Seconds that a repeated request finds its answer in the cache; 0 for none.", Example: "300",
	}),
))
