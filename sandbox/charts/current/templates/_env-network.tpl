{{- define "zenml.env.certificates" -}}
{{- if include "zenml.hasCustomCAs" . }}
SSL_CERT_FILE: /updated-certs/ca-certificates.crt
REQUESTS_CA_BUNDLE: /updated-certs/ca-certificates.crt
{{- end }}
{{- end }}

{{/* Upper and lower case both: the tools in the image do not agree on which one they read. */}}
{{- define "zenml.env.proxy" -}}
{{- $proxy := (include "zenml.settings" . | fromJson).proxy -}}
{{- if $proxy.enabled }}
{{- with $proxy.httpProxy }}
HTTP_PROXY: {{ . | quote }}
http_proxy: {{ . | quote }}
{{- end }}
{{- with $proxy.httpsProxy }}
HTTPS_PROXY: {{ . | quote }}
https_proxy: {{ . | quote }}
{{- end }}
NO_PROXY: {{ include "zenml.noProxy" . | quote }}
no_proxy: {{ include "zenml.noProxy" . | quote }}
{{- end }}
{{- end }}

{{/* The hosts that are reached without the proxy: the given list, the server's own hosts, the user's additions. */}}
{{- define "zenml.noProxy" -}}
{{- $server := include "zenml.settings" . | fromJson -}}
{{- $hosts := list $server.proxy.noProxy (include "zenml.hostOf" $server.serverURL) $server.ingress.host -}}
{{- concat $hosts $server.proxy.additionalNoProxy | compact | join "," -}}
{{- end }}
