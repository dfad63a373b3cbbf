{{/* Chart name used in the name label. */}}
{{- define "zenml.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Base name of every object: the release's own name where it already says zenml. */}}
{{- define "zenml.fullname" -}}
{{- $name := include "zenml.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select the pods; they must never change between versions. */}}
{{- define "zenml.selectorLabels" -}}
app.kubernetes.io/name: {{ include "zenml.name" . }}
app.kubernetes.io/instance: {{ (include "zenml.settings" . | fromJson).instanceLabel | default .Release.Name | quote }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "zenml.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "zenml.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The server's service account. Fixed by default: two releases in one namespace collide. */}}
{{- define "zenml.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "zenml.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* The service account of the migration Job, made by a hook because the Job runs before the release's objects. */}}
{{- define "zenml.migrationServiceAccountName" -}}
{{- include "zenml.serviceAccountName" . -}}
{{- if .Values.serviceAccount.create }}-db-migration{{ end -}}
{{- end }}

{{/* Hook annotations: dict "weight" W and, for what goes once it has served, "once" true. */}}
{{- define "zenml.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation{{ if .once }},hook-succeeded{{ end }}
{{- end }}
