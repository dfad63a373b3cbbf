package importer

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// storePattern parses a database URL as the server does: the user info ends at
// the first @, and the database name is not decoded.
var storePattern = regexp.MustCompile(
	`^mysql://(?:([^:/@]*)(?::([^@]*))?@)?(\[[0-9a-fA-F:]+\]|[^\s/:@?#]*)(?::(\d+))?/([^?]*)(\?.*)?$`,
)

func (r *reader) database() {
	db := &r.a.Database
	address := r.text("server.database.url")
	if address == "" {
		db.Type = answers.SQLiteDatabase
		r.sqlite()
		return
	}
	db.Type = answers.MySQLDatabase
	password := r.storeURL(address)
	m := &db.MySQL
	if mode := r.text("server.database.authMode"); mode == "aws_rds_iam" {
		m.Auth = answers.RDSAuth
	}
	m.RDS = answers.RDS{
		Region:  r.text("server.database.awsRegion"),
		RoleARN: r.text("server.database.awsRdsIamRoleArn"),
	}
	ref, ok := r.ref("server.database.passwordSecretRef")
	switch {
	case password != "":
		m.Password = plainSource(password)
		r.note("server.database.url", "the password in it is moved to a Secret")
	case ok:
		m.Password = answers.Source{SecretRef: &ref}
	default:
		m.Password = r.claim("ZENML_STORE_PASSWORD")
	}
	r.tls()
	m.Pool = answers.Pool{
		Size:     r.number("server.database.poolSize"),
		Overflow: r.numberOrZero("server.database.maxOverflow"),
	}
	if value, ok := r.take("server.database.persistence"); ok {
		if m, isMap := value.(map[string]any); !isMap || m["enabled"] == true {
			r.note("server.database.persistence", "left out: it has no effect with a database URL")
		}
	}
}

func (r *reader) sqlite() {
	s := &r.a.Database.SQLite
	persistent, _ := r.truth("server.database.persistence.enabled")
	size, class := r.text("server.database.persistence.size"), r.text("server.database.persistence.storageClassName")
	if persistent {
		*s = answers.SQLite{Persistent: new(true), Size: size, StorageClass: class}
	}
	if rest := r.mapping("server.database"); rest != nil {
		for _, name := range tree.Keys(rest) {
			if !tree.IsEmpty(rest[name]) && !r.repeatsDefault([]string{r.root, "database", name}, rest[name]) {
				r.note("server.database."+name, "left out: it has no effect without a database URL")
			}
		}
	}
}

// storeURL imports the database URL and returns the password that it contains.
func (r *reader) storeURL(address string) (password string) {
	m := &r.a.Database.MySQL
	parts := storePattern.FindStringSubmatch(address)
	if parts == nil || spilled(parts) {
		r.note(
			"server.database.url",
			"left out: the server cannot parse it (special characters must be percent-encoded); set database.mysql",
		)
		return ""
	}
	m.User, m.Host, m.Name = unescape(parts[1]), trimBrackets(parts[3]), parts[5]
	m.Port, _ = strconv.Atoi(parts[4])
	if parts[6] != "" {
		r.note("server.database.url", "the part after ? is left out: use database.mysql.tls")
	}
	return unescape(parts[2])
}

// spilled reports whether a password that is not percent-encoded extends into
// what would be parsed as host and name.
func spilled(parts []string) bool {
	return parts[2] != "" && strings.Contains(parts[5]+parts[6], "@")
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

func trimBrackets(host string) string {
	if len(host) > 1 && host[0] == '[' {
		return host[1 : len(host)-1]
	}
	return host
}

func (r *reader) tls() {
	t := &r.a.Database.MySQL.TLS
	on, _ := r.truth("server.database.ssl")
	verify, _ := r.truth("server.database.sslVerifyServerCert")
	ca, cert, key := r.inlineOrRef("server.database.sslCa"), r.inlineOrRef("server.database.sslCert"),
		r.inlineOrRef("server.database.sslKey")
	if r.layout != nil && r.layout.Legacy() && !chartinfo.Knows(r.chart, *r.layout, []string{r.root, "database", "ssl"}) {
		ca, cert, key = r.claim("ZENML_STORE_SSL_CA"), r.claim("ZENML_STORE_SSL_CERT"), r.claim("ZENML_STORE_SSL_KEY")
		// The chart's own server uses TLS if it has a certificate, a newer one if the variable says so.
		on, _ = r.truth("server.environment.ZENML_STORE_SSL")
		on = on || !ca.IsZero() || !cert.IsZero()
	}
	if !on {
		if !ca.IsZero() || !cert.IsZero() || verify {
			r.note("server.database.ssl", "left out: TLS was off, and the certificates had no effect")
		}
		return
	}
	*t = answers.TLS{Mode: answers.TLSRequire, CA: ca, Cert: cert, Key: key}
	switch {
	case verify && ca.IsZero():
		t.Mode = answers.TLSVerifyFull
		r.note("server.database.sslCa", "the certificate was verified without a CA: set database.mysql.tls.ca")
	case verify:
		t.Mode = answers.TLSVerifyFull
	case !ca.IsZero():
		t.Mode = answers.TLSVerifyCA
	}
}

func (r *reader) backup() {
	if r.a.Database.Type != answers.MySQLDatabase {
		return
	}
	b := &r.a.Database.Backup
	b.Strategy = r.text("server.database.backupStrategy")
	switch b.Strategy {
	case answers.BackupDatabase:
		b.Database = r.text("server.database.backupDatabase")
	case answers.BackupMydumper:
		compress, _ := r.truth("server.database.mydumperCompress")
		b.Mydumper = answers.Mydumper{
			Threads: r.number(
				"server.database.mydumperThreads",
			), Compress: compress, Args: r.texts("server.database.mydumperExtraArgs"),
			LoaderThreads: r.number(
				"server.database.myloaderThreads",
			), LoaderArgs: r.texts("server.database.myloaderExtraArgs"),
		}
	case answers.BackupCustom:
		b.Custom = answers.OwnBackup{
			Engine: r.text("server.database.customBackupEngine"),
			Config: r.withoutSecrets(
				"server.database.customBackupEngineConfig",
				r.mapping("server.database.customBackupEngineConfig"),
			),
		}
	}
	if b.Strategy == answers.BackupMydumper || b.Strategy == answers.BackupDumpFile {
		b.Volume = answers.Volume{Size: r.text("server.database.backupPVStorageSize")}
		if class := r.text("server.database.backupPVStorageClass"); b.Volume.Size != "" {
			b.Volume.StorageClass = class
		}
	}
	for _, unused := range []string{
		"backupDatabase", "backupPVStorageSize", "backupPVStorageClass", "mydumperThreads", "mydumperCompress", "mydumperExtraArgs", "myloaderThreads", "myloaderExtraArgs", "customBackupEngine", "customBackupEngineConfig",
	} {
		if _, ok := r.take("server.database." + unused); ok {
			r.note("server.database."+unused, "left out: it has no effect with this backup strategy")
		}
	}
}

func (r *reader) payloads() {
	if r.a.Database.Type != answers.MySQLDatabase {
		return
	}
	const at = "server.database.payloadStorage."
	if on, _ := r.truth(at + "offloadEnabled"); !on {
		return
	}
	p := &r.a.Database.Payloads
	*p = answers.Payloads{
		Backend: r.text(
			at + "backend",
		), Path: r.text(at + "path"), Region: r.text(at + "region"), Endpoint: r.open(at + "endpointUrl"),
		CacheBytes: r.numberOrZero(at + "cacheMaxBytes"), TimeoutSeconds: r.number(at + "backendTimeoutSeconds"),
	}
	if p.Backend == "" {
		p.Backend = answers.PayloadsS3
	}
	if on, given := r.truth(at + "backfill.enabled"); given && !on {
		p.NoBackfill = true
	}
}
