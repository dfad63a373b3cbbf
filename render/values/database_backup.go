package values

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// backup sets the values for the database backup that precedes a migration.
func backup(d *draft) {
	b := d.a.Database.Backup
	if d.a.Database.Type != answers.MySQLDatabase || b.Strategy == "" {
		return
	}
	const strategy = "database.backup.strategy"
	if b.Strategy == answers.BackupMydumper &&
		!d.supports("database.mydumperThreads", strategy, "does not support mydumper") ||
		b.Strategy == answers.BackupCustom &&
			!d.supports("database.customBackupEngine", strategy, "does not support custom backup engines") {
		return
	}
	d.comment("database.backupStrategy", "The backup before migrations (database.backup).")
	d.set("database.backupStrategy", b.Strategy, strategy).
		prove(proof.PodsHave("ZENML_STORE_BACKUP_STRATEGY", b.Strategy))
	if b.Database != "" {
		d.set("database.backupDatabase", b.Database, "database.backup.database").
			prove(proof.PodsHave("ZENML_STORE_BACKUP_DATABASE", b.Database))
	}
	d.backupVolume(b.Volume)
	d.mydumper(b.Mydumper)
	if b.Custom.Engine != "" {
		d.set("database.customBackupEngine", b.Custom.Engine, "database.backup.custom.engine").
			prove(proof.PodsHave("ZENML_STORE_CUSTOM_BACKUP_ENGINE", b.Custom.Engine))
	}
	if len(b.Custom.Config) > 0 {
		const name = "database.customBackupEngineConfig"
		d.set(name, b.Custom.Config, "database.backup.custom.config").
			prove(proof.PodsHaveJSON("ZENML_STORE_CUSTOM_BACKUP_ENGINE_CONFIG", b.Custom.Config)).
			sensitive = secret.IsSensitive(d.server(name), b.Custom.Config)
	}
}

func (d *draft) backupVolume(v answers.Volume) {
	if v.Size == "" {
		return
	}
	d.needsGroup = "database.backup.volume.size"
	d.set("database.backupPVStorageSize", v.Size, "database.backup.volume.size").
		prove(proof.OnBackupVolume("the migration's backup volume is "+v.Size, proof.ClaimSize(v.Size)))
	if v.StorageClass != "" {
		d.set("database.backupPVStorageClass", v.StorageClass, "database.backup.volume.storageClass").
			prove(proof.OnBackupVolume("the backup volume's class is "+v.StorageClass, proof.ClaimClass(v.StorageClass)))
	}
}

func (d *draft) mydumper(m answers.Mydumper) {
	const key = "database.backup.mydumper."
	if m.Threads > 0 {
		d.set("database.mydumperThreads", m.Threads, key+"threads").
			prove(proof.PodsHave("ZENML_STORE_MYDUMPER_THREADS", strconv.Itoa(m.Threads)))
	}
	if m.Compress {
		d.set("database.mydumperCompress", true, key+"compress").
			prove(proof.PodsHave("ZENML_STORE_MYDUMPER_COMPRESS", "true"))
	}
	if len(m.Args) > 0 {
		d.set("database.mydumperExtraArgs", m.Args, key+"args").
			prove(proof.PodsHaveJSON("ZENML_STORE_MYDUMPER_EXTRA_ARGS", m.Args))
	}
	if m.LoaderThreads > 0 {
		d.set("database.myloaderThreads", m.LoaderThreads, key+"loaderThreads").
			prove(proof.PodsHave("ZENML_STORE_MYLOADER_THREADS", strconv.Itoa(m.LoaderThreads)))
	}
	if len(m.LoaderArgs) > 0 {
		d.set("database.myloaderExtraArgs", m.LoaderArgs, key+"loaderArgs").
			prove(proof.PodsHaveJSON("ZENML_STORE_MYLOADER_EXTRA_ARGS", m.LoaderArgs))
	}
}

// payloads sets the values for storing large payloads outside the database.
func payloads(d *draft) {
	p := d.a.Database.Payloads
	if d.a.Database.Type != answers.MySQLDatabase || p.Backend == "" || p.Backend == answers.PayloadsInline {
		return
	}
	const name, key = "database.payloadStorage", "database.payloads."
	if !d.supports(name, key+"backend", "stores large values in the database only") {
		return
	}
	d.comment(
		name,
		"Large values are stored here instead of in the database, with the identity of the pods (database.payloads).",
	)
	d.set(name+".offloadEnabled", true, key+"backend").
		prove(proof.PayloadsMention("large values are offloaded", "true"))
	d.set(name+".backend", p.Backend, key+"backend").
		prove(proof.PayloadsMention("the backend is "+p.Backend, p.Backend))
	texts := map[string]string{"path": p.Path, "region": p.Region, "endpointUrl": p.Endpoint}
	for _, chartName := range slices.Sorted(maps.Keys(texts)) {
		if text := texts[chartName]; text != "" {
			d.set(name+"."+chartName, text, key+map[string]string{"path": "path", "region": "region", "endpointUrl": "endpoint"}[chartName]).
				prove(proof.PayloadsMention(chartName+" is "+text, text))
		}
	}
	if n := p.CacheBytes; n != nil {
		d.set(name+".cacheMaxBytes", orZero(*n), key+"cacheBytes").
			prove(proof.PayloadsMention(fmt.Sprintf("the cache holds %d bytes", *n), strconv.Itoa(*n)))
	}
	if p.TimeoutSeconds > 0 {
		d.set(name+".backendTimeoutSeconds", p.TimeoutSeconds, key+"timeoutSeconds").
			prove(proof.PayloadsMention(fmt.Sprintf("the time-out is %d s", p.TimeoutSeconds), strconv.Itoa(p.TimeoutSeconds)))
	}
	if p.NoBackfill {
		d.set(name+".backfill.enabled", false, key+"noBackfill").prove(proof.NoBackfill())
	}
}
