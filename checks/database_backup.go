package checks

import (
	"context"
	"fmt"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// backupRights are what a restore needs beside reading: it drops the database
// and creates it again.
var backupRights = []string{"SELECT", "DROP", "CREATE", "INSERT"}

func databaseBackup(ctx context.Context, e *Env) (string, error) {
	d := e.Answers.Database
	strategy := d.Backup.Strategy
	if strategy == "" {
		strategy = answers.BackupInMemory // the server's own default
	}
	if d.MySQL.Auth == answers.RDSAuth && (strategy == answers.BackupDatabase || strategy == answers.BackupMydumper) {
		return "", &Fault{
			Found:  fmt.Sprintf("the backup strategy %s does not go with the AWS login", strategy),
			Remedy: "database: {backup: {strategy: in-memory}}",
		}
	}
	switch strategy {
	case answers.BackupDisabled:
		return "", &Fault{
			Warn: true, Found: "no backup is made before a migration", Why: "a migration that fails leaves the database as it is then",
			Remedy: "make one by hand before each upgrade, or: database: {backup: {strategy: in-memory}}",
		}
	case answers.BackupCustom:
		return "", Skip("what a backup engine of your own needs is not known here")
	case answers.BackupMydumper:
		return "", Skip("what mydumper needs depends on its arguments; usually RELOAD and PROCESS")
	}
	if fault, err := e.backupGrants(ctx, strategy); err != nil || fault != nil {
		return "", orNil(fault, err)
	}
	if strategy == answers.BackupDumpFile && d.Backup.Volume.Size == "" {
		return "", &Fault{
			Warn: true, Found: "the dump file lies in the migration pod, and goes with it", Why: "after a failed migration there is nothing to restore from",
			Remedy: "database: {backup: {strategy: dump-file, volume: {size: 1Gi}}}",
		}
	}
	return strategy, nil
}

// orNil makes one error of a fault and an error, without a typed nil.
func orNil(fault *Fault, err error) error {
	if fault != nil {
		return fault
	}
	return err
}

// backupGrants looks at the grants on the database, and on the one that the
// copy goes to.
func (e *Env) backupGrants(ctx context.Context, strategy string) (*Fault, error) {
	grants, err := e.grants(ctx)
	if err != nil {
		return nil, e.loginError(err)
	}
	m := e.Answers.Database.MySQL
	if missing := missingRights(grants, m.Name, backupRights); len(missing) > 0 {
		return &Fault{
			Found:  fmt.Sprintf("%s lacks %s on the whole of %s, which restoring a backup needs", m.User, list(missing), m.Name),
			Remedy: e.grantCommand(ctx, missing),
		}, nil
	}
	other := e.Answers.Database.Backup.Database
	if strategy != answers.BackupDatabase || other == "" {
		return nil, nil
	}
	if missing := missingRights(grants, other, migrationRights); len(missing) > 0 {
		return &Fault{
			Found:  fmt.Sprintf("%s lacks %s on the backup's database %s", m.User, list(missing), other),
			Remedy: fmt.Sprintf("GRANT ALL ON `%s`.* TO %s;", other, e.account(ctx)),
		}, nil
	}
	return nil, nil
}
