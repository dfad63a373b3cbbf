package values

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Settings is what values and Secrets are made from besides the answers and
// the chart.
type Settings struct {
	// Local reads what lies on the user's machine. Values needs it only for
	// what the chart takes inline; Secrets needs it for everything.
	Local answers.Local

	// Keys holds the secrets that the answers want generated; see Generate.
	Keys Keys

	// Lookup reads a Secret of the server's namespace; nil without a cluster.
	// It is asked only where a secret of the user's own must become part of a
	// larger one.
	Lookup func(ref answers.SecretRef) (secret.Text, error)

	// Address is the ingress controller's IPv4 address, for a nip.io host.
	Address string

	// NoProxy is what the cluster needs to be reached without the proxy beyond
	// the chart's own list: its service and pod ranges, as far as they are known.
	NoProxy []string
}

// Keys holds generated secrets by the key of the answer that asks for them:
// "secretsStore.sql.encryptionKey".
type Keys map[string]secret.Text

// sections is everything that is written, in the order in which it is decided.
// The file itself follows the order of the chart.
var sections = []func(*draft){
	// what the server is
	image, scale, serverURLs, auth, plainSettings, logging, openTelemetry, secureHeaders,
	// where it keeps its state
	sqlite, mysql, mysqlTLS, mysqlPool, backup, payloads,
	secretsStore, backupSecretsStore,
	// how it is reached, and what it reaches
	exposure, proxyHeaders, customCAs, proxy,
	// how its pods run
	environment, activation, serviceAccount, placement, resources, security,
}
