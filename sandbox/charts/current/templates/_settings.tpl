{{/*
The server's settings as JSON: the `server` block with the renamed `zenml` block of older
values files laid over it, so that a key set in both is taken from `zenml`.
*/}}
{{- define "zenml.settings" -}}
{{- $settings := deepCopy (.Values.server | default dict) -}}
{{- with .Values.zenml -}}
{{- $settings = mergeOverwrite $settings (deepCopy .) -}}
{{- end -}}
{{- toJson $settings -}}
{{- end }}

{{/* Image of the server, of the migration and of the CA bundle's init container. */}}
{{- define "zenml.image" -}}
{{- $image := (include "zenml.settings" . | fromJson).image -}}
{{- printf "%s:%s" $image.repository ($image.tag | default .Chart.Version) -}}
{{- end }}

{{/* The host part of a URL, without port and path; empty for an empty URL. */}}
{{- define "zenml.hostOf" -}}
{{- with . }}{{ (urlParse .).hostname }}{{ end -}}
{{- end }}
