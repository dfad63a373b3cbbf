package database

import (
	"context"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// backupRights are the privileges for a restore, which drops and recreates the
// database.
var backupRights = []string{"SELECT", "DROP", "CREATE", "INSERT"}

func checkBackup(ctx context.Context, e *check.Env) (string, error) {
	d := e.Answers.Database
	strategy := d.Backup.Strategy
	if strategy == "" {
		strategy = answers.BackupInMemory // the server's default
	}
	if d.MySQL.Auth == answers.RDSAuth && (strategy == answers.BackupDatabase || strategy == answers.BackupMydumper) {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the backup strategy %s does not work with AWS RDS IAM authentication", strategy),
			Remedy:  "database: {backup: {strategy: in-memory}}",
		}
	}
	switch strategy {
	case answers.BackupDisabled:
		return "", &check.Fault{
			Warn: true, Summary: "no backup is made before a migration",
			Reason: "a failed migration cannot be rolled back",
			Remedy: "back up the database before each upgrade, or set database: {backup: {strategy: in-memory}}",
		}
	case answers.BackupCustom:
		return "", check.Skip("the rights that a custom backup engine needs are unknown")
	case answers.BackupMydumper:
		return "", check.Skip("the rights that mydumper needs depend on its arguments; usually RELOAD and PROCESS")
	}
	if fault, err := backupGrants(ctx, e, strategy); err != nil || fault != nil {
		return "", orNil(fault, err)
	}
	if strategy == answers.BackupDumpFile && d.Backup.Volume.Size == "" {
		return "", &check.Fault{
			Warn:    true,
			Summary: "the dump file is lost when the migration pod is deleted",
			Reason:  "a failed migration cannot be restored without it",
			Remedy:  "database: {backup: {strategy: dump-file, volume: {size: 1Gi}}}",
		}
	}
	return strategy, nil
}

// orNil returns the fault, or else err; it avoids a typed nil.
func orNil(fault *check.Fault, err error) error {
	if fault != nil {
		return fault
	}
	return err
}

// backupGrants checks the grants on the database and on the backup database.
func backupGrants(ctx context.Context, e *check.Env, strategy string) (*check.Fault, error) {
	m := e.Answers.Database.MySQL
	missing, err := missingOn(ctx, e, m.Name, backupRights)
	if err != nil {
		return nil, loginError(e, err)
	}
	if len(missing) > 0 {
		return &check.Fault{
			Summary: fmt.Sprintf("%s lacks %s on the database %s, which restoring a backup needs", m.User,
				check.JoinAnd(missing), m.Name),
			Remedy: grantCommand(ctx, e, missing),
		}, nil
	}
	other := e.Answers.Database.Backup.Database
	if strategy != answers.BackupDatabase || other == "" {
		return nil, nil
	}
	if missing, err = missingOn(ctx, e, other, migrationRights); err != nil {
		return nil, loginError(e, err)
	}
	if len(missing) > 0 {
		return &check.Fault{
			Summary: fmt.Sprintf("%s lacks %s on the backup database %s", m.User, check.JoinAnd(missing), other),
			Remedy:  fmt.Sprintf("GRANT ALL ON `%s`.* TO %s;", other, account(ctx, e)),
		}, nil
	}
	return nil, nil
}
