package answers

// backsUp is the condition that one of the strategies is used.
func backsUp(strategies ...string) condition {
	words := "database.type is mysql and database.backup.strategy is " + strategies[0]
	for _, s := range strategies[1:] {
		words += " or " + s
	}
	return condition{func(a Answers) bool {
		for _, s := range strategies {
			if usesMySQL.holds(a) && a.Database.Backup.Strategy == s {
				return true
			}
		}
		return false
	}, words}
}

var backupVolume = backsUp(BackupDumpFile, BackupMydumper).and(condition{
	func(a Answers) bool { return a.Database.Backup.Volume.Size != "" }, "database.backup.volume.size is set"})

var backupFields = atStep(StepAdvanced, advanced(
	when(usesMySQL, Field{
		Key: "database.backup.strategy", Kind: Choice,
		Title: "Backup before migrations",
		Help:  "Where the database is backed up before a migration. If empty, in memory.",
		Why:   "It restores the database if a migration fails. It does not replace regular backups.",
		Options: []Option{
			{Value: BackupInMemory, Title: "In memory",
				Help: "In the migration pod, which needs enough memory. To restore, the database is dropped and " +
					"created again."},
			{Value: BackupDisabled, Title: "None",
				Help: "No backup. Use it only if the database is backed up otherwise."},
			{Value: BackupDatabase, Title: "Another database",
				Help: "On the same server. The user needs all privileges on both."},
			{Value: BackupDumpFile, Title: "A file",
				Help: "In the migration pod, or on a volume, where it survives a failure."},
			{Value: BackupMydumper, Title: "mydumper",
				Help: "Files written by mydumper, which the image must contain. For large databases."},
			{Value: BackupCustom, Title: "Custom", Help: "A class in the image."},
		},
	}),
	when(backsUp(BackupDatabase), Field{
		Key: "database.backup.database", Kind: Text, Needed: always,
		Title: "Backup database", Help: "The database for the backup, on the same server. Its content is overwritten.",
		Check: databaseName, Example: "zenml_backup",
	}),
	when(backsUp(BackupDumpFile, BackupMydumper), Field{
		Key: "database.backup.volume.size", Kind: Text,
		Title: "Backup volume",
		Help:  "The size of a volume for the files. Without a volume they are lost when the migration pod is deleted.",
		Check: quantity, Example: "10Gi",
	}),
	when(backupVolume, Field{
		Key: "database.backup.volume.storageClass", Kind: Text,
		Title: "Backup storage class",
		Help:  "The StorageClass of the backup volume. If empty, the cluster's default.",
		Check: optionalDNSName,
	}),
	when(backsUp(BackupMydumper), Field{
		Key: "database.backup.mydumper.threads", Kind: Integer,
		Title: "mydumper threads", Help: "How many connections mydumper uses to dump.", Check: positive, Example: "4",
	}, Field{
		Key: "database.backup.mydumper.compress", Kind: Boolean,
		Title: "mydumper compression", Help: "Compresses the dump files.",
	}, Field{
		Key: "database.backup.mydumper.args", Kind: List,
		Title:   "mydumper arguments",
		Help:    "Additional arguments, passed on unchanged.",
		Check:   oneLine,
		Example: "[--rows=500000]",
	}, Field{
		Key: "database.backup.mydumper.loaderThreads", Kind: Integer,
		Title:   "myloader threads",
		Help:    "How many connections myloader uses to restore.",
		Check:   positive,
		Example: "4",
	}, Field{
		Key: "database.backup.mydumper.loaderArgs", Kind: List,
		Title:   "myloader arguments",
		Help:    "Additional arguments, passed on unchanged.",
		Check:   oneLine,
		Example: "[--overwrite-tables]",
	}),
	when(backsUp(BackupCustom), Field{
		Key: "database.backup.custom.engine", Kind: Text, Needed: always,
		Title:   "Backup engine",
		Help:    "The dotted path of the class, which the image must contain (see server.image).",
		Check:   classPath,
		Example: "my.backups.Engine",
	}, Field{
		Key: "database.backup.custom.config", Kind: Tree,
		Title: "Backup engine settings", Help: "Passed to the class unchanged. Do not put secrets here.",
	}),
))

var (
	offloads = condition{func(a Answers) bool {
		return usesMySQL.holds(a) && a.Database.Payloads.Backend != "" && a.Database.Payloads.Backend != PayloadsInline
	}, "database.type is mysql and database.payloads.backend is not inline"}
	offloadsToS = condition{
		func(a Answers) bool { return usesMySQL.holds(a) && a.Database.Payloads.Backend == PayloadsS3 },
		"database.payloads.backend is s3",
	}
)

var payloadFields = atStep(StepAdvanced, advanced(
	when(usesMySQL, Field{
		Key: "database.payloads.backend", Kind: Choice, Default: PayloadsInline,
		Title: "Large values", Help: "Where the server stores large values of runs.",
		Options: []Option{
			{Value: PayloadsInline, Title: "In the database", Help: "The default."},
			{Value: PayloadsS3, Title: "S3", Help: "A bucket in S3 or an S3-compatible store."},
			{Value: PayloadsGCS, Title: "Google Cloud Storage", Help: "A bucket in Google Cloud."},
			{Value: PayloadsAzure, Title: "Azure Blob Storage", Help: "A container in an Azure storage account."},
		},
	}),
	when(offloads, Field{
		Key: "database.payloads.path", Kind: Text, Needed: always,
		Title: "Path of large values",
		Help: "The bucket or container with a prefix, accessed with the identity of the pods. Azure also needs " +
			"AZURE_STORAGE_ACCOUNT_NAME in server.environment.",
		Why: "It cannot be changed later. On a running server, enable it in two steps: the pods that are being " +
			"replaced cannot read what the new ones write.",
		Check: oneLine, Example: "s3://bucket/zenml",
	}),
	when(offloadsToS, Field{
		Key: "database.payloads.region", Kind: Text,
		Title:   "Bucket region",
		Help:    "The AWS region. If empty, the pod's region.",
		Check:   oneLine,
		Example: "eu-central-1",
	}, Field{
		Key: "database.payloads.endpoint", Kind: Text,
		Title:   "Bucket endpoint",
		Help:    "The URL of an S3-compatible store.",
		Check:   webURL,
		Example: "https://minio.example.com",
	}),
	when(offloads, Field{
		Key: "database.payloads.cacheBytes", Kind: Integer,
		Title:   "Cache of large values",
		Help:    "Bytes that each pod caches in memory; 0 for none.",
		Check:   byteCount,
		Example: "134217728",
	}, Field{
		Key: "database.payloads.timeoutSeconds", Kind: Integer,
		Title: "Bucket timeout", Help: "Seconds to wait for the bucket.", Check: positive, Example: "10",
	}, Field{
		Key: "database.payloads.noBackfill", Kind: Boolean,
		Title: "Keep existing values", Help: "Does not move existing values out of the database.",
	}),
))
