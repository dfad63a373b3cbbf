{{- define "zenml.env.secretsStore" -}}
{{- include "zenml.env.anySecretsStore" (dict "prefix" "ZENML_SECRETS_STORE" "store" (include "zenml.settings" . | fromJson).secretsStore) -}}
{{- end }}

{{- define "zenml.env.backupSecretsStore" -}}
{{- include "zenml.env.anySecretsStore" (dict "prefix" "ZENML_BACKUP_SECRETS_STORE" "store" (include "zenml.settings" . | fromJson).backupSecretsStore) -}}
{{- end }}

{{/* What a secrets store may say openly; takes dict "prefix" and "store". */}}
{{- define "zenml.env.anySecretsStore" -}}
{{- $prefix := .prefix -}}
{{- $store := .store -}}
{{- if not $store.enabled -}}
{{ $prefix }}_TYPE: none
{{- else -}}
{{ $prefix }}_TYPE: {{ $store.type | quote }}
{{- if has $store.type (list "aws" "gcp" "azure" "hashicorp") }}
{{ $prefix }}_AUTH_METHOD: {{ (get $store $store.type).authMethod | quote }}
{{- end }}
{{- if eq $store.type "azure" }}
{{ $prefix }}_KEY_VAULT_NAME: {{ $store.azure.key_vault_name | quote }}
{{- else if eq $store.type "custom" }}
{{ $prefix }}_CLASS_PATH: {{ $store.custom.class_path | quote }}
{{- else if eq $store.type "hashicorp" }}
{{- $vault := include "zenml.vault" $store.hashicorp | fromYaml }}
{{- range $key := list "vault_addr" "vault_namespace" "mount_point" "auth_mount_point" "app_role_id" "aws_role" "aws_header_value" "max_versions" }}
{{- with get $vault $key }}
{{ $prefix }}_{{ upper $key }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* What a secrets store must hide, as data of a Secret; takes dict "prefix" and "store". */}}
{{- define "zenml.secretsStoreData" -}}
{{- $prefix := .prefix -}}
{{- $store := .store -}}
{{- if $store.enabled }}
{{- if eq $store.type "sql" }}
{{- with $store.sql.encryptionKey }}
{{ $prefix }}_ENCRYPTION_KEY: {{ . | b64enc | quote }}
{{- end }}
{{- else if has $store.type (list "aws" "gcp" "azure") }}
{{ $prefix }}_AUTH_CONFIG: {{ (get $store $store.type).authConfig | toJson | b64enc | quote }}
{{- else if eq $store.type "hashicorp" }}
{{- $vault := include "zenml.vault" $store.hashicorp | fromYaml }}
{{- range $key := list "vault_token" "app_secret_id" }}
{{- with get $vault $key }}
{{ $prefix }}_{{ upper $key }}: {{ . | b64enc | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The Vault's settings: authConfig, and over it the flat keys of the older generation where they are set. */}}
{{- define "zenml.vault" -}}
{{- $vault := deepCopy (.authConfig | default dict) -}}
{{- range $key := list "vault_addr" "vault_token" "vault_namespace" "max_versions" -}}
{{- with get $ $key -}}
{{- $_ := set $vault $key . -}}
{{- end -}}
{{- end -}}
{{- toYaml $vault -}}
{{- end }}
