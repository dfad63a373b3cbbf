{{/* The store's variables as a map. Without a database.url nothing is said and the server falls back to SQLite. */}}
{{- define "zenml.env.store" -}}
{{- $db := .Values.zenml.database -}}
{{- if $db.url }}
ZENML_STORE_TYPE: sql
ZENML_STORE_SSL_VERIFY_SERVER_CERT: {{ $db.sslVerifyServerCert | default false | quote }}
{{- if $db.ssl }}
ZENML_STORE_SSL: {{ $db.ssl | quote }}
{{- end }}
{{- if (($db.sslCa).secretRef).name }}
ZENML_STORE_SSL_CA: /dbcerts/ca.pem
{{- end }}
{{- if (($db.sslCert).secretRef).name }}
ZENML_STORE_SSL_CERT: /dbcerts/client-cert.pem
{{- end }}
{{- if (($db.sslKey).secretRef).name }}
ZENML_STORE_SSL_KEY: /dbcerts/client-key.pem
{{- end }}
{{- with $db.poolSize }}
ZENML_STORE_POOL_SIZE: {{ . | quote }}
{{- end }}
{{- with $db.maxOverflow }}
ZENML_STORE_MAX_OVERFLOW: {{ . | quote }}
{{- end }}
{{- with $db.backupStrategy }}
ZENML_STORE_BACKUP_STRATEGY: {{ . | quote }}
{{- end }}
{{- if eq (toString $db.backupStrategy) "database" }}
ZENML_STORE_BACKUP_DATABASE: {{ $db.backupDatabase | quote }}
{{- else if include "zenml.backsUpToFolder" . }}
ZENML_STORE_BACKUP_DIRECTORY: /backups
{{- end }}
{{- end }}
{{- end }}

{{/* Not empty when the backup before a migration is a file. */}}
{{- define "zenml.backsUpToFolder" -}}
{{- $db := .Values.zenml.database -}}
{{- if and $db.url (eq (toString $db.backupStrategy) "dump-file") }}yes{{ end -}}
{{- end }}

{{/* What a secrets store may say openly; takes dict "prefix" and "store". */}}
{{- define "zenml.env.secretsStore" -}}
{{- $prefix := .prefix -}}
{{- $store := .store -}}
{{- if and $store.enabled (has $store.type (list "aws" "gcp" "azure")) }}
- name: {{ $prefix }}_AUTH_METHOD
  value: {{ (get $store $store.type).authMethod | quote }}
{{- end }}
{{- if and $store.enabled (eq $store.type "azure") }}
- name: {{ $prefix }}_KEY_VAULT_NAME
  value: {{ $store.azure.key_vault_name | quote }}
{{- end }}
- name: {{ $prefix }}_TYPE
  value: {{ ternary $store.type "none" $store.enabled | quote }}
{{- if and $store.enabled (eq $store.type "hashicorp") }}
{{- range $key := list "vault_addr" "vault_namespace" "max_versions" }}
{{- with get $store.hashicorp $key }}
- name: {{ $prefix }}_{{ upper $key }}
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if and $store.enabled (eq $store.type "custom") }}
- name: {{ $prefix }}_CLASS_PATH
  value: {{ $store.custom.class_path | quote }}
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
{{- with $store.hashicorp.vault_token }}
{{ $prefix }}_VAULT_TOKEN: {{ . | b64enc | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
