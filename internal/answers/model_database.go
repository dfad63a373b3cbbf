package answers

// Database is where the server stores its state.
type Database struct {
	Type     string   `yaml:"type,omitempty"`
	SQLite   SQLite   `yaml:"sqlite,omitempty"`
	MySQL    MySQL    `yaml:"mysql,omitempty"`
	Backup   Backup   `yaml:"backup,omitempty"`
	Payloads Payloads `yaml:"payloads,omitempty"`
}

// SQLite is the server's built-in file database.
type SQLite struct {
	Persistent   *bool  `yaml:"persistent,omitempty"` // false is an answer
	Size         string `yaml:"size,omitempty"`
	StorageClass string `yaml:"storageClass,omitempty"`
}

// IsPersistent reports whether the database is stored on a volume.
func (s SQLite) IsPersistent() bool { return s.Persistent != nil && *s.Persistent }

// MySQL is an external MySQL server.
type MySQL struct {
	Host     string `yaml:"host,omitempty"`
	Port     int    `yaml:"port,omitempty"`
	Name     string `yaml:"name,omitempty"`
	User     string `yaml:"user,omitempty"`
	Auth     string `yaml:"auth,omitempty"`
	Password Source `yaml:"password,omitempty"`
	RDS      RDS    `yaml:"rds,omitempty"`
	TLS      TLS    `yaml:"tls,omitempty"`
	Pool     Pool   `yaml:"pool,omitempty"`
}

// RDS configures login tokens from AWS.
type RDS struct {
	Region  string `yaml:"region,omitempty"`
	RoleARN string `yaml:"roleARN,omitempty"`
}

// TLS configures the encryption of the connection to MySQL.
type TLS struct {
	Mode string `yaml:"mode,omitempty"`
	CA   Source `yaml:"ca,omitempty"`
	Cert Source `yaml:"cert,omitempty"`
	Key  Source `yaml:"key,omitempty"`
}

// Pool is the size of each server pod's connection pool.
type Pool struct {
	Size     int  `yaml:"size,omitempty"`
	Overflow *int `yaml:"overflow,omitempty"` // 0 is an answer
}

// Backup is the copy made before the database is migrated.
type Backup struct {
	Strategy string    `yaml:"strategy,omitempty"`
	Database string    `yaml:"database,omitempty"`
	Volume   Volume    `yaml:"volume,omitempty"`
	Mydumper Mydumper  `yaml:"mydumper,omitempty"`
	Custom   OwnBackup `yaml:"custom,omitempty"`
}

// Volume is a persistent volume that the chart claims.
type Volume struct {
	Size         string `yaml:"size,omitempty"`
	StorageClass string `yaml:"storageClass,omitempty"`
}

// Mydumper configures the mydumper and myloader programs.
type Mydumper struct {
	Threads       int      `yaml:"threads,omitempty"`
	Compress      bool     `yaml:"compress,omitempty"`
	Args          []string `yaml:"args,omitempty"`
	LoaderThreads int      `yaml:"loaderThreads,omitempty"`
	LoaderArgs    []string `yaml:"loaderArgs,omitempty"`
}

// OwnBackup is a custom backup engine.
type OwnBackup struct {
	Engine string         `yaml:"engine,omitempty"`
	Config map[string]any `yaml:"config,omitempty"`
}

// Payloads is where large values are stored instead of the database.
type Payloads struct {
	Backend        string `yaml:"backend,omitempty"`
	Path           string `yaml:"path,omitempty"`
	Region         string `yaml:"region,omitempty"`
	Endpoint       string `yaml:"endpoint,omitempty"`
	CacheBytes     *int   `yaml:"cacheBytes,omitempty"` // 0 is an answer
	TimeoutSeconds int    `yaml:"timeoutSeconds,omitempty"`
	NoBackfill     bool   `yaml:"noBackfill,omitempty"`
}

// The values of the database's choice fields.
const (
	SQLiteDatabase = "sqlite"
	MySQLDatabase  = "mysql"

	PasswordAuth = "password"
	RDSAuth      = "aws-rds-iam"

	TLSOff        = "off"
	TLSRequire    = "require"
	TLSVerifyCA   = "verify-ca"
	TLSVerifyFull = "verify-full"

	BackupDisabled = "disabled"
	BackupInMemory = "in-memory"
	BackupDatabase = "database"
	BackupDumpFile = "dump-file"
	BackupMydumper = "mydumper"
	BackupCustom   = "custom"

	PayloadsInline = "inline"
	PayloadsS3     = "s3"
	PayloadsGCS    = "gcs"
	PayloadsAzure  = "azure"
)
