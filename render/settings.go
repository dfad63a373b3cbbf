package render

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
}

// Keys holds generated secrets by the key of the answer that asks for them:
// "secretsStore.sql.encryptionKey".
type Keys map[string]secret.Text

// sections is everything that is written, in the order in which it is decided.
var sections = []func(*draft){
	exposure,
	sqlite,
	mysql,
	mysqlTLS,
	mysqlPool,
	sqlStore,
}
