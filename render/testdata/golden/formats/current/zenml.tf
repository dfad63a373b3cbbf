# ZenML server, as a helm_release of Terraform.
# These Secrets must exist in the namespace before the chart is installed:
#   zenml-server-database (password)
#   zenml-server-secrets-store (encryption-key)
# zenml-installer generate prints the commands that create them.
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
        # MySQL (database.mysql). The password is in Secret zenml-server-database; a password in the URL
        # would override it.
        database:
          url: mysql://zenml@db.example.com:3306/zenml
          passwordSecretRef:
            name: zenml-server-database
            key: password
          # TLS without verification (database.mysql.tls.mode: require).
          ssl: true
          # The backup before migrations (database.backup).
          backupStrategy: database
          backupDatabase: zenml_backup
        # Further variables of the server (server.environment).
        environment:
          TEMPLATE: '{{ a }} $${b} %%{c}'
        # ZENML_SECRETS_STORE_ENCRYPTION_KEY encrypts the secrets in the database
        # (secretsStore.sql.encryptionKey). Never change it, and keep a copy: without it the secrets
        # cannot be decrypted.
        # Variables that the server reads from Secrets, so that this file has no secret.
        environmentSecretKeyRefs:
          - name: ZENML_SECRETS_STORE_ENCRYPTION_KEY
            secretName: zenml-server-secrets-store
            secretKey: encryption-key
        # No Ingress: the server is reached by port-forward (expose.type). By default the chart creates
        # an Ingress.
        ingress:
          enabled: false
    YAML
    ,
  ]
}
