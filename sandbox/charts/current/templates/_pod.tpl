{{/* What both pods share around their container: takes the root. */}}
{{- define "zenml.podPlacement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- if include "zenml.hasCustomCAs" . }}
initContainers:
{{ include "zenml.caInitContainer" . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Pod annotations: the user's, and a checksum that restarts the pods when the Secret changes. */}}
{{- define "zenml.podAnnotations" -}}
{{- with .Values.podAnnotations }}
{{- toYaml . }}
{{ end -}}
checksum/secret: {{ include "secret.content" . | sha256sum }}
{{- end }}
