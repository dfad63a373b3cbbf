# ZenML server, as a helm_release of Terraform.
# These Secrets must be in the namespace before the chart is installed:
#   zenml-server-database (password)
#   zenml-server-secrets-store (encryption-key)
# zenml-installer generate says how to create them.
resource "helm_release" "zenml_server" {
  name             = "zenml-server"
  namespace        = "zenml-server"
  repository       = "oci://public.ecr.aws/zenml"
  chart            = "zenml"
  version          = "0.98.1"
  create_namespace = true

  values = [
    <<-YAML
      server:
        # MySQL (database.mysql). The password is in Secret zenml-server-database; one in the URL would
        # win over it.
        database:
          url: mysql://zenml@db.example.com:3306/zenml
          passwordSecretRef:
            name: zenml-server-database
            key: password
          # TLS without verification (database.mysql.tls.mode: require).
          ssl: true
          # The copy before migrations (database.backup).
          backupStrategy: database
          backupDatabase: zenml_backup
        # More variables of the server (server.environment).
        environment:
          TEMPLATE: '{{ a }} $${b} %%{c}'
        # ZENML_SECRETS_STORE_ENCRYPTION_KEY encrypts the secrets in the database
        # (secretsStore.sql.encryptionKey). It must never change, and without it they cannot be read
        # again: keep a copy.
        # Variables that the server takes out of Secrets, so that no secret stands in this file.
        environmentSecretKeyRefs:
          - name: ZENML_SECRETS_STORE_ENCRYPTION_KEY
            secretName: zenml-server-secrets-store
            secretKey: encryption-key
        # No Ingress: reached by port-forward (expose.type). By itself the chart would make one.
        ingress:
          enabled: false
    YAML
    ,
  ]
}
