{{- define "zenml.env.server" -}}
{{- $zenml := .Values.zenml -}}
{{- $auth := $zenml.auth -}}
ZENML_SERVER_AUTH_SCHEME: {{ $auth.authType | quote }}
ZENML_SERVER_CORS_ALLOW_ORIGINS: {{ join "," $auth.corsAllowOrigins | quote }}
ZENML_SERVER_DEPLOYMENT_TYPE: {{ $zenml.deploymentType | default "kubernetes" | quote }}
{{- range $name, $value := dict
  "SERVER_URL" $zenml.serverURL
  "DASHBOARD_URL" $zenml.dashboardURL
  "ROOT_URL_PATH" $zenml.rootUrlPath
  "THREAD_POOL_SIZE" $zenml.threadPoolSize
  "AUTH_THREAD_POOL_SIZE" $zenml.authThreadPoolSize
  "REQUEST_TIMEOUT" $zenml.requestTimeout
  "REQUEST_CACHE_TIMEOUT" $zenml.requestCacheTimeout
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
{{- range $header, $value := $zenml.secure_headers }}
ZENML_SERVER_SECURE_HEADERS_{{ upper $header }}: {{ $value | quote }}
{{- end }}
{{- if $zenml.pro.enabled }}
ZENML_SERVER_PRO_API_URL: {{ $zenml.pro.apiURL | quote }}
ZENML_SERVER_PRO_DASHBOARD_URL: {{ $zenml.pro.dashboardURL | quote }}
{{- end }}
{{- end }}

{{/* Upper and lower case both: the tools in the image do not agree on which one they read. */}}
{{- define "zenml.env.proxy" -}}
{{- $proxy := .Values.zenml.proxy -}}
{{- if $proxy.enabled }}
{{- $noProxy := include "zenml.noProxy" . }}
{{- range $pair := list (list "HTTP_PROXY" $proxy.httpProxy) (list "HTTPS_PROXY" $proxy.httpsProxy) (list "NO_PROXY" $noProxy) (list "http_proxy" $proxy.httpProxy) (list "https_proxy" $proxy.httpsProxy) (list "no_proxy" $noProxy) }}
{{- with index $pair 1 }}
- name: {{ index $pair 0 }}
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The hosts that are reached without the proxy: the given list, the server's own hosts, the user's additions. */}}
{{- define "zenml.noProxy" -}}
{{- $zenml := .Values.zenml -}}
{{- $own := "" -}}
{{- with $zenml.serverURL }}{{ $own = (urlParse .).hostname }}{{ end -}}
{{- concat (list $zenml.proxy.noProxy $own $zenml.ingress.host) $zenml.proxy.additionalNoProxy | compact | join "," -}}
{{- end }}
