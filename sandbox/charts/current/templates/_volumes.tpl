{{/* Not empty when the pods trust more than the image's own CA bundle. */}}
{{- define "zenml.hasCustomCAs" -}}
{{- $certs := (include "zenml.settings" . | fromJson).certificates -}}
{{- if or $certs.customCAs $certs.secretRefs }}yes{{ end -}}
{{- end }}

{{/* Not empty when a certificate of the database comes out of a Secret. */}}
{{- define "zenml.hasDatabaseCertSecrets" -}}
{{- $db := (include "zenml.settings" . | fromJson).database -}}
{{- if and $db.url (or (($db.sslCa).secretRef).name (($db.sslCert).secretRef).name (($db.sslKey).secretRef).name) }}yes{{ end -}}
{{- end }}

{{/* Mounts of the main container; takes dict "root" $ and "backup" bool. */}}
{{- define "zenml.volumeMounts" -}}
- name: zenml-config
  mountPath: /zenml/.zenconfig
{{- if include "zenml.hasDatabaseCertSecrets" .root }}
- name: db-certs
  mountPath: /dbcerts
  readOnly: true
{{- end }}
{{- if .backup }}
- name: db-backup
  mountPath: /backups
{{- end }}
{{- if include "zenml.hasCustomCAs" .root }}
- name: ca-certificates
  mountPath: /updated-certs
  readOnly: true
{{- end }}
{{- end }}

{{/* Volumes of a pod; takes dict "root" $, "migration" bool and "backup" bool. */}}
{{- define "zenml.volumes" -}}
{{- $db := (include "zenml.settings" .root | fromJson).database -}}
{{- $fullname := include "zenml.fullname" .root -}}
- name: zenml-config
{{- if and (not .migration) (include "zenml.persistsConfig" .root) }}
  persistentVolumeClaim:
    claimName: {{ $fullname }}-config
{{- else }}
  emptyDir: {}
{{- end }}
{{- if include "zenml.hasDatabaseCertSecrets" .root }}
- name: db-certs
  projected:
    sources:
    {{- include "zenml.certSource" (dict "cert" $db.sslCa "file" "ca.pem") | nindent 4 }}
    {{- include "zenml.certSource" (dict "cert" $db.sslCert "file" "client-cert.pem") | nindent 4 }}
    {{- include "zenml.certSource" (dict "cert" $db.sslKey "file" "client-key.pem") | nindent 4 }}
{{- end }}
{{- if .backup }}
- name: db-backup
{{- if $db.backupPVStorageSize }}
  persistentVolumeClaim:
    claimName: {{ $fullname }}-db-backup
{{- else }}
  emptyDir: {}
{{- end }}
{{- end }}
{{- if include "zenml.hasCustomCAs" .root }}
{{ include "zenml.caVolumes" . }}
{{- end }}
{{- end }}

{{/* Not empty when SQLite's folder is on a volume of its own. */}}
{{- define "zenml.persistsConfig" -}}
{{- $db := (include "zenml.settings" . | fromJson).database -}}
{{- if and (not $db.url) ($db.persistence).enabled }}yes{{ end -}}
{{- end }}

{{- define "zenml.certSource" -}}
{{- $file := .file -}}
{{- with (.cert).secretRef }}
- secret:
    name: {{ .name | quote }}
    items:
    - key: {{ .key | quote }}
      path: {{ $file }}
{{- end }}
{{- end }}

{{- define "zenml.caVolumes" -}}
{{- $certs := (include "zenml.settings" .root | fromJson).certificates -}}
{{- $fullname := include "zenml.fullname" .root -}}
{{- $suffix := ternary "-db-migration" "" .migration -}}
- name: custom-certs
  projected:
    sources:
    {{- range $certs.customCAs }}
    - secret:
        name: {{ $fullname }}-custom-ca-{{ .name }}{{ $suffix }}
        items:
        - key: certificate
          path: {{ .name }}.crt
    {{- end }}
    {{- range $certs.secretRefs }}
    - secret:
        name: {{ .name | quote }}
        items:
        - key: {{ .key | quote }}
          path: {{ .name }}.crt
    {{- end }}
- name: ca-certificates
  emptyDir: {}
{{- end }}

{{/* The init container that joins the image's CA bundle and the custom CAs. */}}
{{- define "zenml.caInitContainer" -}}
{{- $image := (include "zenml.settings" . | fromJson).image -}}
- name: update-ca-certificates
  image: {{ include "zenml.image" . | quote }}
  imagePullPolicy: {{ $image.pullPolicy }}
  command: ["/bin/sh", "-c"]
  args:
  - |
    cp /etc/ssl/certs/ca-certificates.crt /updated-certs/ca-certificates.crt
    for cert in /custom-certs/*.crt; do
      if [ -f "$cert" ]; then
        cat "$cert" >> /updated-certs/ca-certificates.crt
      fi
    done
  volumeMounts:
  - name: custom-certs
    mountPath: /custom-certs
    readOnly: true
  - name: ca-certificates
    mountPath: /updated-certs
{{- end }}
