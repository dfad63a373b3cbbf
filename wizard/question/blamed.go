package question

import (
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// blamed names the answers that a failed check speaks of, the likeliest first.
var blamed = map[string][]string{
	"cluster.kubeconfig":  {ContextKey},
	"cluster.reachable":   {ContextKey},
	"cluster.version":     {ContextKey},
	"cluster.namespace":   {"cluster.namespace"},
	"cluster.permissions": {"cluster.namespace"},
	"cluster.admission":   {"cluster.namespace"},
	"cluster.release":     {"cluster.release"},
	"cluster.conflicts":   {"cluster.release"},
	"cluster.storage":     {"database.sqlite.storageClass"},

	"database.config":      {"database.mysql.name", "database.mysql.host"},
	"database.resolve":     {"database.mysql.host"},
	"database.connect":     {"database.mysql.port", "database.mysql.host"},
	"database.tls":         {"database.mysql.tls.mode"},
	"database.login":       {"database.mysql.password", "database.mysql.user"},
	"database.version":     {"database.mysql.host"},
	"database.writable":    {"database.mysql.host"},
	"database.exists":      {"database.mysql.name"},
	"database.privileges":  {"database.mysql.user"},
	"database.schema":      {"database.mysql.name"},
	"database.connections": {"database.mysql.host"},
	"database.backup":      {"database.mysql.user"},
	"database.in-cluster":  {"database.mysql.host"},
	"database.change":      {"database.type"},
	"database.sqlite":      {"database.sqlite.persistent", "database.type"},

	"secrets.key":         {"secretsStore.sql.encryptionKey"},
	"secrets.credentials": storeLogins,
	"secrets.permissions": storeLogins,
	"secrets.identity":    storeMethods,
	"secrets.change":      {"secretsStore.type"},

	"expose.host":       {"expose.host"},
	"expose.dns":        {"expose.host"},
	"expose.conflict":   {"expose.host"},
	"expose.class":      {"expose.ingress.class", "expose.gateway.name"},
	"expose.controller": {"expose.ingress.class", "expose.gateway.name"},
	"expose.tls":        {"expose.tls.issuer.name", "expose.tls.secretName", "expose.tls.mode"},
	"expose.public":     {"admin.activate", "expose.type"},
	"expose.path":       {"expose.host"},
}

// storeLogins are the answers that a login to a secrets store begins with.
var storeLogins = []string{
	"secretsStore.aws.accessKeyID", "secretsStore.aws.roleARN",
	"secretsStore.gcp.serviceAccountJSON", "secretsStore.gcp.externalAccountJSON", "secretsStore.gcp.userAccountJSON", "secretsStore.gcp.token", "secretsStore.gcp.projectID",
	"secretsStore.azure.clientSecret", "secretsStore.azure.token", "secretsStore.azure.keyVaultName",
	"secretsStore.hashicorp.token", "secretsStore.hashicorp.secretID", "secretsStore.hashicorp.awsRole",
}

var storeMethods = []string{"secretsStore.aws.authMethod", "secretsStore.gcp.authMethod", "secretsStore.azure.authMethod", "secretsStore.hashicorp.authMethod"}

// groupSteps are the steps that ask for what a group of checks looks at.
var groupSteps = map[string]answers.Step{
	"cluster": answers.StepCluster, "database": answers.StepDatabase,
	"secrets": answers.StepSecrets, "expose": answers.StepAccess,
}

// Blamed returns the question that mends what a check has found: the first of
// those named for it that is asked now, else the first of its group's step. A
// check that no question speaks of has none.
func (s *Sheet) Blamed(check string) (key string, ok bool) {
	for _, key := range blamed[check] {
		if f, known := answers.FieldByKey(key); known && s.asks(f) {
			return key, true
		}
	}
	group, _, _ := strings.Cut(check, ".")
	questions := s.Questions(groupSteps[group])
	if len(questions) == 0 {
		return "", false
	}
	return questions[0].Key, true
}

func (s *Sheet) asks(f answers.Field) bool {
	return slices.ContainsFunc(s.Questions(f.Step), func(q Question) bool { return q.Key == f.Key })
}
