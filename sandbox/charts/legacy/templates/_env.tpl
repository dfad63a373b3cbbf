{{/* A container's env list: takes dict "root" $ and "migration" bool. */}}
{{- define "zenml.env" -}}
{{- $zenml := .root.Values.zenml -}}
{{- if include "zenml.hasCustomCAs" .root }}
- name: REQUESTS_CA_BUNDLE
  value: /updated-certs/ca-certificates.crt
- name: SSL_CERT_FILE
  value: /updated-certs/ca-certificates.crt
{{- end }}
{{- if .migration }}
- name: ZENML_SERVER
  value: "True"
{{- else }}
- name: NODE_OPTIONS
  value: --use-openssl-ca
{{- end }}
{{- if $zenml.debug }}
- name: ZENML_LOGGING_VERBOSITY
  value: DEBUG
{{- end }}
- name: ZENML_ANALYTICS_OPT_IN
  value: {{ ternary "True" "False" $zenml.analyticsOptIn | quote }}
- name: ZENML_DEFAULT_PROJECT_NAME
  value: {{ $zenml.defaultProject | default "default" | quote }}
{{- if $zenml.enableImplicitAuthMethods }}
- name: ZENML_ENABLE_IMPLICIT_AUTH_METHODS
  value: "True"
{{- end }}
{{- if and $zenml.database.url (not .migration) }}
- name: DISABLE_DATABASE_MIGRATION
  value: "True"
{{- end }}
{{- include "zenml.envList" (include "zenml.env.store" .root | fromYaml) }}
{{- include "zenml.envList" (include "zenml.env.server" .root | fromYaml) }}
{{- include "zenml.env.secretsStore" (dict "prefix" "ZENML_SECRETS_STORE" "store" $zenml.secretsStore) }}
{{- include "zenml.env.secretsStore" (dict "prefix" "ZENML_BACKUP_SECRETS_STORE" "store" $zenml.backupSecretsStore) }}
{{- include "zenml.envList" $zenml.environment }}
{{- include "zenml.env.proxy" .root }}
{{- if $zenml.database.url }}
{{- with $zenml.database.passwordSecretRef }}
- name: ZENML_STORE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .name | quote }}
      key: {{ .key | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* A map as env entries, sorted by name. */}}
{{- define "zenml.envList" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
