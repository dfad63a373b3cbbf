{{/*
Every variable with a plain value, as a YAML map: what the server and the migration share.
The user's own `environment` has the last word.
*/}}
{{- define "zenml.environment" -}}
{{- $server := include "zenml.settings" . | fromJson -}}
{{- $env := dict "ZENML_SERVER" "True" "NODE_OPTIONS" "--use-openssl-ca" -}}
{{- range list "zenml.env.server" "zenml.env.auth" "zenml.env.logging" "zenml.env.telemetry" "zenml.env.pro" "zenml.env.store" "zenml.env.payloads" "zenml.env.secretsStore" "zenml.env.backupSecretsStore" "zenml.env.certificates" "zenml.env.proxy" -}}
{{- $env = mergeOverwrite $env (include . $ | fromYaml | default dict) -}}
{{- end -}}
{{- range $name, $value := $server.environment -}}
{{- $_ := set $env $name (toString $value) -}}
{{- end -}}
{{- toYaml $env -}}
{{- end }}

{{/* The variables that come out of Secrets of the user's own, as a list of env entries. */}}
{{- define "zenml.secretRefs" -}}
{{- $server := include "zenml.settings" . | fromJson -}}
{{- if $server.database.url }}
{{- with $server.database.passwordSecretRef }}
- name: ZENML_STORE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .name | quote }}
      key: {{ .key | quote }}
{{- end }}
{{- end }}
{{- if and $server.pro.enabled $server.pro.enrollmentKeySecretRef }}
- name: ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ $server.pro.enrollmentKeySecretRef.name | quote }}
      key: {{ $server.pro.enrollmentKeySecretRef.key | quote }}
{{- end }}
{{- range $server.environmentSecretKeyRefs }}
- name: {{ .name | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ .secretName | quote }}
      key: {{ .secretKey | quote }}
{{- end }}
{{- end }}

{{/* A container's env list: takes dict "root" $ and "extra", a map of further plain variables. */}}
{{- define "zenml.env" -}}
{{- $env := include "zenml.environment" .root | fromYaml -}}
{{- range $name, $value := mergeOverwrite (deepCopy .extra) $env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- include "zenml.secretRefs" .root }}
{{- end }}
