package secrets

import (
	"context"
	"errors"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// checkNewKey checks a key that will be generated. It is right for an empty
// database and wrong for one with secrets of a previous server.
func checkNewKey(ctx context.Context, e *check.Env, p storeRef, all *results) error {
	what, err := existingData(ctx, e)
	if err != nil {
		return err
	}
	if what == "" {
		all.pass(p, "32 random bytes will be generated; back up the key")
		return nil
	}
	return &check.Fault{
		Summary: p.key + ": a new key would be generated, but " + what,
		Reason: "the stored secrets are encrypted with another key or not encrypted, and cannot be read with the " +
			"new key",
		Remedy: "set the key of the previous server: " + p.key + ": {sql: {encryptionKey: {env: NAME}}}, or " +
			"remove encryptionKey if it had none\n" +
			"or set database.mysql.name to an empty database\n" +
			"if you do not need the stored secrets: --warn-only secrets.key",
	}
}

// existingData describes what may contain a previous server's data, or returns
// "". It cannot read a volume, so a volume of the release counts.
func existingData(ctx context.Context, e *check.Env) (string, error) {
	if e.Answers.Database.Type == answers.MySQLDatabase {
		return existingTables(ctx, e)
	}
	if e.Cluster == nil || !e.Answers.Database.SQLite.IsPersistent() {
		return "", nil
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	claims, err := client.CoreV1().PersistentVolumeClaims(e.Namespace()).List(ctx,
		metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=" + e.Release()})
	if err != nil {
		return "", check.Skip("a key will be generated; cannot check for a volume of a previous server: %v",
			check.KubeError(err))
	}
	if len(claims.Items) == 0 {
		return "", nil
	}
	return "PersistentVolumeClaim " + claims.Items[0].Name + " of a previous release may already contain secrets", nil
}

// queryLimit is the database's time limit. It is shorter than the check's,
// because the database checks report a database that does not respond.
const queryLimit = 10 * time.Second

func existingTables(ctx context.Context, e *check.Env) (string, error) {
	asking, cancel := context.WithTimeoutCause(ctx, queryLimit, errors.New("the database does not answer"))
	defer cancel()
	tables, err := database.Tables(asking, e)
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", check.Skip(
			"a key will be generated; cannot check the database for secrets of a previous server (see the " +
				"database checks)",
		)
	case slices.Contains(tables, database.AlembicTable):
		return "the database " + e.Answers.Database.MySQL.Name + " already has the tables of a ZenML server", nil
	}
	return "", nil
}

// differsFromExisting fails if a Secret of a previous install contains another
// key: stored secrets could not be decrypted, and the install would overwrite
// the old key.
func differsFromExisting(ctx context.Context, e *check.Env, p storeRef, key secret.Text) error {
	if e.Cluster == nil {
		return nil
	}
	kept, err := existingKey(ctx, e, p)
	if err != nil || kept.Empty() || kept == key {
		return nil //nolint:nilerr // cluster.permissions reports it if the user cannot read it
	}
	name := p.keySecret(e)
	return &check.Fault{
		Summary: p.key + ": Secret " + name + " of a previous install has another key",
		Reason:  "secrets that were stored with that key could not be read, and the key itself would be lost",
		Remedy: p.key + ": {sql: {encryptionKey: {generate: true}}} uses the existing key\n" +
			"if you no longer need it: kubectl -n " + e.Namespace() + " delete secret " + name,
	}
}
