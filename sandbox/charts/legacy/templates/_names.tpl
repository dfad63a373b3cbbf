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

{{/* Labels that select the pods. This generation has no component label: the Service's selector fits the Job's pod too. */}}
{{- define "zenml.selectorLabels" -}}
app.kubernetes.io/name: {{ include "zenml.name" . }}
app.kubernetes.io/instance: {{ .Values.zenml.instanceLabel | default .Release.Name | quote }}
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

{{- define "zenml.image" -}}
{{- printf "%s:%s" .Values.zenml.image.repository (.Values.zenml.image.tag | default .Chart.Version) -}}
{{- end }}

{{/* Hook annotations: dict "root" $ and "weight" W. With zenml.debug, the default, what the hooks made stays. */}}
{{- define "zenml.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation{{ if not .root.Values.zenml.debug }},hook-succeeded{{ end }}
{{- end }}
