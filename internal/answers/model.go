// Package answers is the typed model of what a person tells the installer,
// whether on the screen or in an answers file, with the one list of fields
// that drives the screens, the line prompter, the validation of a file and its
// reference page.
package answers

import "github.com/zenml-installer/zenml-installer/internal/secret"

// Version is the version of the answers file that this program reads.
const Version = 1

// Answers is everything that was answered. The zero value of a field means
// that it was not; Complete fills in the defaults.
type Answers struct {
	Version      int            `yaml:"version"`
	Cluster      Cluster        `yaml:"cluster,omitempty"`
	Chart        Chart          `yaml:"chart,omitempty"`
	Database     Database       `yaml:"database,omitempty"`
	SecretsStore SecretsStore   `yaml:"secretsStore,omitempty"`
	Expose       Expose         `yaml:"expose,omitempty"`
	Admin        Admin          `yaml:"admin,omitempty"`
	Values       map[string]any `yaml:"values,omitempty"`
}

// Cluster says where the server goes.
type Cluster struct {
	Context   string `yaml:"context,omitempty"`
	Namespace string `yaml:"namespace,omitempty"`
	Release   string `yaml:"release,omitempty"`
}

// Chart says which chart installs it.
type Chart struct {
	Ref     string `yaml:"ref,omitempty"`
	Version string `yaml:"version,omitempty"`
}

// Database is where the server keeps its state.
type Database struct {
	Type   string `yaml:"type,omitempty"`
	SQLite SQLite `yaml:"sqlite,omitempty"`
	MySQL  MySQL  `yaml:"mysql,omitempty"`
}

// SQLite is the server's own file database.
type SQLite struct {
	Persistent   bool   `yaml:"persistent,omitempty"`
	Size         string `yaml:"size,omitempty"`
	StorageClass string `yaml:"storageClass,omitempty"`
}

// MySQL is a database server of the user's own.
type MySQL struct {
	Host     string `yaml:"host,omitempty"`
	Port     int    `yaml:"port,omitempty"`
	Name     string `yaml:"name,omitempty"`
	User     string `yaml:"user,omitempty"`
	Password Source `yaml:"password,omitempty"`
	TLS      TLS    `yaml:"tls,omitempty"`
	Pool     Pool   `yaml:"pool,omitempty"`
}

// TLS says how the connection to MySQL is protected.
type TLS struct {
	Mode string `yaml:"mode,omitempty"`
	CA   Source `yaml:"ca,omitempty"`
	Cert Source `yaml:"cert,omitempty"`
	Key  Source `yaml:"key,omitempty"`
}

// Pool is the size of one server pod's connection pool.
type Pool struct {
	Size     int `yaml:"size,omitempty"`
	Overflow int `yaml:"overflow,omitempty"`
}

// SecretsStore is where the server keeps the secrets of its users.
type SecretsStore struct {
	Type string   `yaml:"type,omitempty"`
	SQL  SQLStore `yaml:"sql,omitempty"`
}

// SQLStore keeps the secrets in the database.
type SQLStore struct {
	EncryptionKey Source `yaml:"encryptionKey,omitempty"`
}

// Expose says how people reach the server.
type Expose struct {
	Type string `yaml:"type,omitempty"`
}

// Admin is the first user, and when the server is activated.
type Admin struct {
	Activate   string `yaml:"activate,omitempty"`
	Username   string `yaml:"username,omitempty"`
	Password   Source `yaml:"password,omitempty"`
	ServerName string `yaml:"serverName,omitempty"`
}

// Source says where a secret, or the content of a certificate, comes from.
// At most one of its fields is set.
type Source struct {
	Env       string      `yaml:"env,omitempty"`
	File      string      `yaml:"file,omitempty"`
	SecretRef *SecretRef  `yaml:"secretRef,omitempty"`
	Generate  bool        `yaml:"generate,omitempty"`
	Value     secret.Text `yaml:"value,omitempty"`
}

// SecretRef names a key of a Secret in the server's namespace.
type SecretRef struct {
	Name string `yaml:"name"`
	Key  string `yaml:"key"`
}

// The values of the fields that offer a choice.
const (
	SQLiteDatabase = "sqlite"
	MySQLDatabase  = "mysql"

	TLSOff        = "off"
	TLSRequire    = "require"
	TLSVerifyCA   = "verify-ca"
	TLSVerifyFull = "verify-full"

	SQLSecrets = "sql"

	PortForward = "port-forward"

	ActivateBrowser = "browser"
	ActivateAuto    = "auto"
	ActivateLater   = "later"
)
