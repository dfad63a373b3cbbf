{{- define "zenml.env.server" -}}
{{- $server := include "zenml.settings" . | fromJson -}}
ZENML_ANALYTICS_OPT_IN: {{ ternary "True" "False" $server.analyticsOptIn | quote }}
ZENML_DEFAULT_PROJECT_NAME: {{ $server.defaultProject | default "default" | quote }}
ZENML_SERVER_DEPLOYMENT_TYPE: {{ $server.deploymentType | default "kubernetes" | quote }}
{{- with $server.serverURL }}
ZENML_SERVER_SERVER_URL: {{ . | quote }}
{{- end }}
{{- with $server.dashboardURL }}
ZENML_SERVER_DASHBOARD_URL: {{ . | quote }}
{{- end }}
{{- with $server.rootUrlPath }}
ZENML_SERVER_ROOT_URL_PATH: {{ . | quote }}
{{- end }}
{{- if $server.enableImplicitAuthMethods }}
ZENML_ENABLE_IMPLICIT_AUTH_METHODS: "True"
{{- end }}
{{- with $server.threadPoolSize }}
ZENML_SERVER_THREAD_POOL_SIZE: {{ . | quote }}
{{- end }}
{{- with $server.authThreadPoolSize }}
ZENML_SERVER_AUTH_THREAD_POOL_SIZE: {{ . | quote }}
{{- end }}
{{- with $server.requestTimeout }}
ZENML_SERVER_REQUEST_TIMEOUT: {{ . | quote }}
{{- end }}
{{- with $server.requestCacheTimeout }}
ZENML_SERVER_REQUEST_CACHE_TIMEOUT: {{ . | quote }}
{{- end }}
{{- if $server.proxyHeaders.enabled }}
UVICORN_PROXY_HEADERS: "true"
FORWARDED_ALLOW_IPS: {{ $server.proxyHeaders.forwardedAllowIPs | quote }}
{{- end }}
{{- range $header, $value := $server.secure_headers }}
ZENML_SERVER_SECURE_HEADERS_{{ upper $header }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "zenml.env.auth" -}}
{{- $auth := (include "zenml.settings" . | fromJson).auth -}}
ZENML_SERVER_AUTH_SCHEME: {{ $auth.authType | quote }}
ZENML_SERVER_CORS_ALLOW_ORIGINS: {{ join "," $auth.corsAllowOrigins | quote }}
{{- range $name, $value := dict
  "JWT_TOKEN_ALGORITHM" $auth.jwtTokenAlgorithm
  "JWT_TOKEN_ISSUER" $auth.jwtTokenIssuer
  "JWT_TOKEN_AUDIENCE" $auth.jwtTokenAudience
  "JWT_TOKEN_LEEWAY_SECONDS" $auth.jwtTokenLeewaySeconds
  "JWT_TOKEN_EXPIRE_MINUTES" $auth.jwtTokenExpireMinutes
  "AUTH_COOKIE_NAME" $auth.authCookieName
  "AUTH_COOKIE_DOMAIN" $auth.authCookieDomain
  "MAX_FAILED_DEVICE_AUTH_ATTEMPTS" $auth.maxFailedDeviceAuthAttempts
  "DEVICE_AUTH_TIMEOUT" $auth.deviceAuthTimeout
  "DEVICE_AUTH_POLLING_INTERVAL" $auth.deviceAuthPollingInterval
  "DEVICE_EXPIRATION_MINUTES" $auth.deviceExpirationMinutes
  "TRUSTED_DEVICE_EXPIRATION_MINUTES" $auth.trustedDeviceExpirationMinutes
  "EXTERNAL_LOGIN_URL" $auth.externalLoginURL
  "EXTERNAL_USER_INFO_URL" $auth.externalUserInfoURL
  "EXTERNAL_SERVER_ID" $auth.externalServerID
  "RBAC_IMPLEMENTATION_SOURCE" $auth.rbacImplementationSource
  "FEATURE_GATE_IMPLEMENTATION_SOURCE" $auth.featureGateImplementationSource }}
{{- if $value }}
ZENML_SERVER_{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "zenml.env.logging" -}}
{{- $logging := (include "zenml.settings" . | fromJson).logging -}}
ZENML_LOGGING_VERBOSITY: {{ $logging.verbosity | upper | quote }}
ZENML_CONSOLE_LOGGING_FORMAT: {{ $logging.format | quote }}
ZENML_LOGGING_COLORS_DISABLED: {{ $logging.colorsDisabled | quote }}
{{- end }}

{{/* The names of the OpenTelemetry specification: where the three signals go, and which is off. */}}
{{- define "zenml.env.telemetry" -}}
{{- $otel := (include "zenml.settings" . | fromJson).openTelemetry -}}
{{- with $otel.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with $otel.serviceName }}
OTEL_SERVICE_NAME: {{ . | quote }}
{{- end }}
{{- $anywhere := or $otel.endpoint $otel.tracesEndpoint $otel.metricsEndpoint $otel.logsEndpoint }}
{{- range $signal := list "traces" "metrics" "logs" }}
{{- with get $otel (printf "%sEndpoint" $signal) }}
OTEL_EXPORTER_OTLP_{{ upper $signal }}_ENDPOINT: {{ . | quote }}
{{- end }}
{{- if and $anywhere (not (get $otel (printf "%sEnabled" $signal))) }}
ZENML_SERVER_OTEL_{{ upper $signal }}_ENABLED: "false"
{{- end }}
{{- end }}
{{- end }}

{{- define "zenml.env.pro" -}}
{{- $pro := (include "zenml.settings" . | fromJson).pro -}}
{{- if $pro.enabled }}
ZENML_SERVER_DEPLOYMENT_TYPE: cloud
ZENML_SERVER_CORS_ALLOW_ORIGINS: {{ prepend ($pro.extraCorsOrigins | default list) $pro.dashboardURL | compact | join "," | quote }}
ZENML_SERVER_PRO_API_URL: {{ $pro.apiURL | quote }}
ZENML_SERVER_PRO_DASHBOARD_URL: {{ $pro.dashboardURL | quote }}
{{- range $name, $value := dict
  "WORKSPACE_ID" $pro.workspaceID "WORKSPACE_NAME" $pro.workspaceName
  "ORGANIZATION_ID" $pro.organizationID "ORGANIZATION_NAME" $pro.organizationName }}
{{- if $value }}
ZENML_SERVER_PRO_{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
