# ZenML server, as a helm_release of Terraform.
# These Secrets must exist in the namespace before the chart is installed:
#   zenml-server-database (password)
# zenml-installer generate prints the commands that create them.
variable "zenml_secrets_store_sql_encryption_key" {
  type      = string
  sensitive = true
}

resource "helm_release" "zenml_server" {
  name             = "zenml-server"
  namespace        = "zenml-server"
  repository       = "oci://public.ecr.aws/zenml"
  chart            = "zenml"
  version          = "0.84.3"
  create_namespace = true

  values = [
    <<-YAML
      zenml:
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
        # No Ingress: the server is reached by port-forward (expose.type). By default the chart creates
        # an Ingress.
        ingress:
          enabled: false
    YAML
    ,
    yamlencode({
      "zenml" = {
        "secretsStore" = {
          "sql" = {
            "encryptionKey" = var.zenml_secrets_store_sql_encryption_key
          }
        }
      }
    }),
  ]
}
