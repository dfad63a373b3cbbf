{{/* The store's variables. Without a database.url nothing is said and the server falls back to SQLite. */}}
{{- define "zenml.env.store" -}}
{{- $db := (include "zenml.settings" . | fromJson).database -}}
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
{{ include "zenml.env.storeAuth" $db }}
{{ include "zenml.env.storeBackup" $db }}
{{- end }}
{{- end }}

{{/* How the server logs in; AWS RDS IAM tokens replace the password and need verified TLS. */}}
{{- define "zenml.env.storeAuth" -}}
{{- $mode := .authMode | default "password" -}}
ZENML_STORE_AUTH_MODE: {{ $mode | quote }}
{{- if eq $mode "aws_rds_iam" }}
{{- if not (and .ssl .sslVerifyServerCert) }}
{{- fail "server.database.authMode=aws_rds_iam requires server.database.ssl=true and server.database.sslVerifyServerCert=true" }}
{{- end }}
{{- if or .passwordSecretRef .sslCert .sslKey }}
{{- fail "server.database.authMode=aws_rds_iam forbids server.database.passwordSecretRef, sslCert and sslKey" }}
{{- end }}
{{- with .awsRegion }}
ZENML_STORE_AWS_REGION: {{ . | quote }}
{{- end }}
{{- with .awsRdsIamRoleArn }}
ZENML_STORE_AWS_RDS_IAM_ROLE_ARN: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "zenml.env.storeBackup" -}}
{{- with .backupStrategy }}
ZENML_STORE_BACKUP_STRATEGY: {{ . | quote }}
{{- end }}
{{- if eq (.backupStrategy | toString) "database" }}
ZENML_STORE_BACKUP_DATABASE: {{ .backupDatabase | quote }}
{{- else if eq (.backupStrategy | toString) "custom" }}
ZENML_STORE_CUSTOM_BACKUP_ENGINE: {{ .customBackupEngine | quote }}
{{- with .customBackupEngineConfig }}
ZENML_STORE_CUSTOM_BACKUP_ENGINE_CONFIG: {{ toJson . | quote }}
{{- end }}
{{- else if include "zenml.backsUpToFolder" . }}
ZENML_STORE_BACKUP_DIRECTORY: /backups
{{- end }}
{{- if eq (.backupStrategy | toString) "mydumper" }}
{{- range $name, $value := dict "MYDUMPER_THREADS" .mydumperThreads "MYDUMPER_COMPRESS" .mydumperCompress "MYLOADER_THREADS" .myloaderThreads }}
{{- if $value }}
ZENML_STORE_{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- with .mydumperExtraArgs }}
ZENML_STORE_MYDUMPER_EXTRA_ARGS: {{ toJson . | quote }}
{{- end }}
{{- with .myloaderExtraArgs }}
ZENML_STORE_MYLOADER_EXTRA_ARGS: {{ toJson . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Not empty when the backup of this database block is made of files. */}}
{{- define "zenml.backsUpToFolder" -}}
{{- if and .url (has .backupStrategy (list "dump-file" "mydumper")) }}yes{{ end -}}
{{- end }}

{{- define "zenml.env.payloads" -}}
{{- $db := (include "zenml.settings" . | fromJson).database -}}
{{- $payload := $db.payloadStorage -}}
{{- if and $db.url ($payload).offloadEnabled }}
ZENML_STORE_PAYLOAD_STORAGE_OFFLOAD_ENABLED: "true"
ZENML_STORE_PAYLOAD_STORAGE_BACKEND: {{ $payload.backend | quote }}
ZENML_STORE_PAYLOAD_STORAGE_PATH: {{ $payload.path | quote }}
{{- with $payload.region }}
ZENML_STORE_PAYLOAD_STORAGE_REGION: {{ . | quote }}
{{- end }}
{{- with $payload.endpointUrl }}
ZENML_STORE_PAYLOAD_STORAGE_ENDPOINT_URL: {{ . | quote }}
{{- end }}
ZENML_STORE_PAYLOAD_STORAGE_CACHE_MAX_BYTES: {{ $payload.cacheMaxBytes | quote }}
ZENML_STORE_PAYLOAD_STORAGE_BACKEND_TIMEOUT_SECONDS: {{ $payload.backendTimeoutSeconds | quote }}
{{- end }}
{{- end }}
