package scenarios_test

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/go-sql-driver/mysql"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// obstacle is a table that one of the last migrations creates. If it exists,
// the migration fails.
const obstacle = "webhook_event_payload"

// restores upgrades a server with data. First a migration fails, and the server
// restores its backup; then the upgrade succeeds. The migration's log must
// contain all texts.
func restores(texts ...string) func(*installation) {
	return func(i *installation) {
		i.sql("CREATE TABLE " + i.database + "." + obstacle + " (id INT PRIMARY KEY)")
		code, out := i.attempt(current)
		if code == 0 || !strings.Contains(out, "1050") || !strings.Contains(out, obstacle) {
			i.Fatalf("the failed migration: exit code %d\n%s", code, out)
		}
		log := i.migrationLog()
		for _, text := range append(texts, "The database was successfully restored from") {
			if !strings.Contains(log, text) {
				i.Errorf("missing %q in the migration's log:\n%s", text, log)
			}
		}
		i.verify()
		i.sql("DROP TABLE " + i.database + "." + obstacle)
		i.installVersion(current)
		i.verify()
	}
}

// upgraded installs an older server on MySQL, creates data, and then configures
// a backup strategy for the upgrade.
func upgraded(backup string, then func(*installation)) func(*installation) {
	return func(i *installation) {
		sample := i.sample
		i.sample = ""
		i.mysql()
		i.installVersion(testcluster.RealLegacy)
		i.verify = i.fill()
		i.sample = sample
		i.with("database: {backup: %s}", backup)
		then(i)
	}
}

var backups = []scenario{
	{name: "upgrade with a backup in memory", quick: true,
		run: upgraded("{strategy: in-memory}", restores("successfully backed up to memory"))},
	{name: "upgrade with a dump on a volume", run: upgraded(
		"{strategy: dump-file, volume: {size: 1Gi, storageClass: standard}}",
		restores("successfully backed up to /backups/"))},
	{name: "upgrade with a copy in a second database", samples: []string{"mysql-backup-database.yaml"},
		run: upgraded("{strategy: database}", func(i *installation) {
			second := i.cluster.DatabaseName(i)
			i.with("database: {backup: {database: %s}}", second)
			restores("successfully backed up to " + second)(i)
		})},
	{name: "upgrade without a backup", run: upgraded("{strategy: disabled}", func(i *installation) {
		i.installVersion(current)
		i.verify()
	})},
	{name: "upgrade with mydumper, which the image lacks", samples: []string{"mysql-mydumper.yaml"},
		run: upgraded("{volume: {size: 1Gi}}", func(i *installation) {
			i.with("database: {payloads: null}")
			code, out := i.attempt(current)
			if code == 0 || !strings.Contains(out, "mydumper") {
				i.Fatalf("exit code %d\n%s", code, out)
			}
			i.verify()
		})},
	{name: "upgrade with a backup engine of one's own", samples: []string{"mysql-own-backup.yaml"},
		run: upgraded("{custom: {engine: my_backups.Engine}}", func(i *installation) {
			i.cluster.CustomImage(i, i.cluster.RealServer(i, current).Image, "own/zenml-server:backup",
				map[string]string{"usr/lib/python3/dist-packages/my_backups.py": engineModule})
			i.with("server: {image: {repository: own/zenml-server, tag: backup}}")
			i.with("database: {payloads: null}")
			restores("a backup of my own: bucket backups, keep 3")(i)
		})},
}

// engineModule is a custom backup engine, as users would write it.
const engineModule = `
from zenml.logger import get_logger
from zenml.zen_stores.migrations.backup.sqlalchemy import InMemoryDatabaseBackupEngine


class Engine(InMemoryDatabaseBackupEngine):
    def __init__(self, config, location=None):
        super().__init__(config=config, location=location)
        options = config.custom_backup_engine_config
        get_logger("my_backups").info("a backup of my own: bucket %s, keep %s", options["bucket"], options["keep"])
`

// sql runs a statement on the sandbox's MySQL.
func (i *installation) sql(statement string) {
	i.Helper()
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", fmt.Sprintf("%s:%d", i.cluster.Database.Host, i.cluster.Database.Port)
	config.User, config.Passwd = i.cluster.Database.User, i.cluster.Database.Password.Reveal()
	connector, err := mysql.NewConnector(config)
	if err != nil {
		i.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(i.Context(), statement); err != nil {
		i.Fatalf("%s: %v", statement, err)
	}
}

// migrationLog returns the log of the migration's pod, which Kubernetes keeps
// after a failure, without colors.
func (i *installation) migrationLog() string {
	i.Helper()
	pods := i.cluster.Client(i).CoreV1().Pods(i.namespace)
	found, err := pods.List(i.Context(), metav1.ListOptions{LabelSelector: "job-name=zenml-server-db-migration"})
	if err != nil || len(found.Items) != 1 {
		i.Fatalf("%d pods of the migration, %v", len(found.Items), err)
	}
	log, err := pods.GetLogs(found.Items[0].Name, &corev1.PodLogOptions{}).DoRaw(i.Context())
	if err != nil {
		i.Fatal(err)
	}
	return ansi.Strip(string(log))
}
