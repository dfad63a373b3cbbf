{{/*
The server's settings as YAML: the `server` block with the renamed `zenml` block of older
values files laid over it, so that a key set in both is taken from `zenml`.
*/}}
{{- define "zenml.settings" -}}
{{- $settings := deepCopy (.Values.server | default dict) -}}
{{- with .Values.zenml -}}
{{- $settings = mergeOverwrite $settings (deepCopy .) -}}
{{- end -}}
{{- toYaml $settings -}}
{{- end }}

{{/* Image of the server, of the migration and of the CA bundle's init container. */}}
{{- define "zenml.image" -}}
{{- $image := (include "zenml.settings" . | fromYaml).image -}}
{{- printf "%s:%s" $image.repository ($image.tag | default .Chart.Version) -}}
{{- end }}

{{/* The host part of a URL, without port and path; empty for an empty URL. */}}
{{- define "zenml.hostOf" -}}
{{- with . }}{{ (urlParse .).hostname }}{{ end -}}
{{- end }}
