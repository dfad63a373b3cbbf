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

// judgeNewKey judges a key that is to be generated where none was deployed. It
// is a good one for an empty database, and none for what a server has stored
// under another.
func judgeNewKey(ctx context.Context, e *check.Env, p place, all *findings) error {
	what, err := storedBefore(ctx, e)
	if err != nil {
		return err
	}
	if what == "" {
		all.pass(p, "32 random bytes are generated; keep them")
		return nil
	}
	return &check.Fault{
		Found: p.key + ": a new key would be generated, and " + what,
		Why:   "the secrets that lie there are encrypted with another key, or with none, and could not be read with the new one",
		Remedy: "give the key that the server had: " + p.key + ": {sql: {encryptionKey: {env: NAME}}}, or leave encryptionKey out if it had none;\n" +
			"or a database that is empty; or, if none of the old secrets is needed, --warn-only secrets.key",
	}
}

// storedBefore says what holds the data of a server of before, or nothing. A
// volume cannot be looked into, but it is the release's own.
func storedBefore(ctx context.Context, e *check.Env) (string, error) {
	if e.Answers.Database.Type == answers.MySQLDatabase {
		return storedInMySQL(ctx, e)
	}
	if e.Cluster == nil || !e.Answers.Database.SQLite.Persistent {
		return "", nil
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	claims, err := client.CoreV1().PersistentVolumeClaims(e.Namespace()).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=" + e.Release()})
	if err != nil {
		return "", check.Skip("a key is generated; whether a volume holds what a server has stored under another cannot be asked: %v", check.KubeError(err))
	}
	if len(claims.Items) == 0 {
		return "", nil
	}
	return "PersistentVolumeClaim " + claims.Items[0].Name + ", which an earlier release has left, already holds what a server has stored", nil
}

// askLimit is how long the database is waited for: less than the check's own
// limit, since its silence is for the checks of the database to judge.
const askLimit = 10 * time.Second

func storedInMySQL(ctx context.Context, e *check.Env) (string, error) {
	asking, cancel := context.WithTimeoutCause(ctx, askLimit, errors.New("it does not answer"))
	defer cancel()
	tables, err := database.Tables(asking, e)
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", check.Skip("a key is generated; whether the database holds what a server has stored under another cannot be asked (see the checks of the database)")
	case slices.Contains(tables, database.AlembicTable):
		return "the database " + e.Answers.Database.MySQL.Name + " already holds what a server has stored: it has ZenML's tables", nil
	}
	return "", nil
}

// otherThanKept finds that an uninstall has kept another key than the one that
// is given now: what was stored cannot be read with that, and the install
// would put it in the kept one's place.
func otherThanKept(ctx context.Context, e *check.Env, p place, key secret.Text) error {
	if e.Cluster == nil {
		return nil
	}
	kept, err := keptKey(ctx, e, p)
	if err != nil || kept.Empty() || kept == key {
		return nil //nolint:nilerr // who may not read it is told by cluster.permissions
	}
	name := p.keptIn(e)
	return &check.Fault{
		Found: p.key + ": Secret " + name + " holds another key, which an earlier install has put there",
		Why:   "what was stored under it could not be read, and the key itself would be lost",
		Remedy: p.key + ": {sql: {encryptionKey: {generate: true}}} takes the key that is there;\n" +
			"if nothing needs it any more: kubectl -n " + e.Namespace() + " delete secret " + name,
	}
}
