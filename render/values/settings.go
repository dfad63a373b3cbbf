package values

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Settings are the inputs of Build and Secrets besides the answers and the
// chart.
type Settings struct {
	// Local reads environment variables and files of this machine. Build uses
	// it only for what the chart accepts inline; Secrets for everything.
	Local answers.Local

	// Keys holds the generated secrets; see GenerateKeys.
	Keys Keys

	// Lookup reads a Secret in the server's namespace; nil without a cluster.
	// It is called only if an existing secret must become part of a larger one.
	Lookup func(ref answers.SecretRef) (secret.Text, error)

	// Address is the ingress controller's IPv4 address, for a nip.io host.
	Address string

	// NoProxy lists the cluster's service and pod ranges, as far as known,
	// which bypass the proxy in addition to the chart's own list.
	NoProxy []string
}

// Keys maps the keys of answers to generated secrets:
// "secretsStore.sql.encryptionKey".
type Keys map[string]secret.Text

// sections are run in this order. The file has the chart's order.
var sections = []func(*draft){
	// server
	image, scale, serverURLs, auth, plainSettings, logging, openTelemetry, secureHeaders,
	// storage
	sqlite, mysql, mysqlTLS, mysqlPool, backup, payloads,
	secretsStore, backupSecretsStore,
	// network
	exposure, proxyHeaders, customCAs, proxy,
	// pods
	environment, activation, serviceAccount, placement, resources, security,
}
