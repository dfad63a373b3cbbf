package answers

// backsUp is the condition that one of the strategies is chosen.
func backsUp(strategies ...string) condition {
	words := "with MySQL and database.backup.strategy " + strategies[0]
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
	func(a Answers) bool { return a.Database.Backup.Volume.Size != "" }, "with database.backup.volume.size"})

var backupFields = atStep(StepExtras, fileOnly(
	when(usesMySQL, Field{
		Key: "database.backup.strategy", Kind: Choice,
		Title: "Backup before migrations",
		Help:  "Where the copy goes that is made before the database is migrated. Empty leaves it to the chart and the server: in memory.",
		Why:   "It brings the database back when a migration fails. It is no backup for keeps.",
		Options: []Option{
			{Value: BackupInMemory, Title: "in memory", Help: "In the migration pod, which needs the memory for it. To restore, the database is dropped and created."},
			{Value: BackupDisabled, Title: "none", Help: "No copy. Only where the database is backed up otherwise."},
			{Value: BackupDatabase, Title: "another database", Help: "On the same server. The user needs every right on both."},
			{Value: BackupDumpFile, Title: "a file", Help: "In the migration pod, or on a volume, where it survives a failure."},
			{Value: BackupMydumper, Title: "mydumper", Help: "Files made by mydumper, which the image must hold. For large databases."},
			{Value: BackupCustom, Title: "an engine of my own", Help: "A class in the image."},
		},
	}),
	when(backsUp(BackupDatabase), Field{
		Key: "database.backup.database", Kind: Text, Needed: always,
		Title: "Backup database", Help: "The database on the same server that takes the copy. What is in it is overwritten.",
		Check: databaseName, Example: "zenml_backup",
	}),
	when(backsUp(BackupDumpFile, BackupMydumper), Field{
		Key: "database.backup.volume.size", Kind: Text,
		Title: "Backup volume", Help: "The size of a volume for the files. Without one they are gone with the migration pod.",
		Check: quantity, Example: "10Gi",
	}),
	when(backupVolume, Field{
		Key: "database.backup.volume.storageClass", Kind: Text,
		Title: "Storage class of the backup volume", Help: "Empty means the cluster's default.", Check: optionalDNSName,
	}),
	when(backsUp(BackupMydumper), Field{
		Key: "database.backup.mydumper.threads", Kind: Integer,
		Title: "Threads of mydumper", Help: "How many connections mydumper reads with.", Check: positive, Example: "4",
	}, Field{
		Key: "database.backup.mydumper.compress", Kind: Boolean,
		Title: "Compression of mydumper", Help: "Has mydumper pack its files.",
	}, Field{
		Key: "database.backup.mydumper.args", Kind: List,
		Title: "More arguments of mydumper", Help: "Handed on as they are.", Check: oneLine, Example: "[--rows=500000]",
	}, Field{
		Key: "database.backup.mydumper.loaderThreads", Kind: Integer,
		Title: "Threads of myloader", Help: "How many connections myloader restores with.", Check: positive, Example: "4",
	}, Field{
		Key: "database.backup.mydumper.loaderArgs", Kind: List,
		Title: "More arguments of myloader", Help: "Handed on as they are.", Check: oneLine, Example: "[--overwrite-tables]",
	}),
	when(backsUp(BackupCustom), Field{
		Key: "database.backup.custom.engine", Kind: Text, Needed: always,
		Title: "Backup engine", Help: "The dotted path of the class. The image must hold it: see server.image.", Check: classPath, Example: "my.backups.Engine",
	}, Field{
		Key: "database.backup.custom.config", Kind: Tree,
		Title: "Settings of the backup engine", Help: "Handed to the class as they are. They are no place for secrets.",
	}),
))

var (
	offloads = condition{func(a Answers) bool {
		return usesMySQL.holds(a) && a.Database.Payloads.Backend != "" && a.Database.Payloads.Backend != PayloadsInline
	}, "with MySQL and a database.payloads.backend"}
	offloadsToS = condition{func(a Answers) bool { return usesMySQL.holds(a) && a.Database.Payloads.Backend == PayloadsS3 }, "with database.payloads.backend s3"}
)

var payloadFields = atStep(StepExtras, fileOnly(
	when(usesMySQL, Field{
		Key: "database.payloads.backend", Kind: Choice, Default: PayloadsInline,
		Title: "Large values", Help: "Where the server puts the large values of runs.",
		Options: []Option{
			{Value: PayloadsInline, Title: "in the database", Help: "As ever."},
			{Value: PayloadsS3, Title: "S3", Help: "A bucket of S3 or of something that speaks like it."},
			{Value: PayloadsGCS, Title: "Google Cloud Storage", Help: "A bucket of Google Cloud."},
			{Value: PayloadsAzure, Title: "Azure Blob Storage", Help: "A container of an Azure storage account."},
		},
	}),
	when(offloads, Field{
		Key: "database.payloads.path", Kind: Text, Needed: always,
		Title: "Place of large values", Help: "The bucket or container with a prefix, under the identity of the pods. Azure also needs AZURE_STORAGE_ACCOUNT_NAME in server.environment.",
		Why:   "It can never change afterwards. On a server that runs already do it in two steps: pods that are being replaced cannot read what new ones write.",
		Check: oneLine, Example: "s3://bucket/zenml",
	}),
	when(offloadsToS, Field{
		Key: "database.payloads.region", Kind: Text,
		Title: "Region of the bucket", Help: "The AWS region. Empty means the pod's own.", Check: oneLine, Example: "eu-central-1",
	}, Field{
		Key: "database.payloads.endpoint", Kind: Text,
		Title: "Endpoint of the bucket", Help: "The URL of an S3 that is not AWS's.", Check: webURL, Example: "https://minio.example.com",
	}),
	when(offloads, Field{
		Key: "database.payloads.cacheBytes", Kind: Integer,
		Title: "Cache of large values", Help: "How many bytes of them each pod keeps in memory; 0 for none.", Check: byteCount, Example: "134217728",
	}, Field{
		Key: "database.payloads.timeoutSeconds", Kind: Integer,
		Title: "Time-out of the bucket", Help: "Seconds to wait for it.", Check: positive, Example: "10",
	}, Field{
		Key: "database.payloads.noBackfill", Kind: Boolean,
		Title: "Leave old values", Help: "Does not move the values that are in the database already.",
	}),
))
