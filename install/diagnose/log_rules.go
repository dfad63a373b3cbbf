package diagnose

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// logRule names the problem behind a line in the server's or the migration's log.
type logRule struct {
	name      string
	number    int    // MySQL's error number as PyMySQL shows it; 0 for any line
	contains  string // in the line, in lower case
	summary   string
	remedy    string
	temporary bool // it may pass while the container is restarted
}

// logRules are read before the table of MySQL's error numbers.
var logRules = []logRule{
	{name: "no password", number: 1045, contains: "using password: no",
		summary: "the database rejects the login because no password was given",
		remedy:  "set database.mysql.password"},
	{name: "issuer", contains: "unable to get local issuer certificate",
		summary: "the database's certificate is not signed by the given CA",
		remedy:  "set database.mysql.tls.ca to the CA that signed it"},
	{name: "root", contains: "unable to get issuer certificate",
		summary: "the given CA is an intermediate one and its root is missing",
		remedy:  "append the root certificate to database.mysql.tls.ca"},
	{name: "host name", contains: "hostname mismatch",
		summary: "the database's certificate is for another host name",
		remedy:  "set database.mysql.host to a name in the certificate, or database.mysql.tls.mode to verify-ca"},
	{name: "expired", contains: "certificate has expired",
		summary: "the database's certificate has expired",
		remedy:  "renew it"},
	{name: "untrusted", contains: "certificate verify failed",
		summary: "the database's certificate is not trusted",
		remedy:  "set database.mysql.tls.ca to the CA that signed it"},
	{name: "tls", contains: "ssl connection error",
		summary: "TLS with the database failed",
		remedy:  "check database.mysql.tls and the certificates"},
	{name: "no tls", contains: "wrong_version_number",
		summary: "the database does not speak TLS on this port",
		remedy:  "set database.mysql.tls.mode to off, or correct database.mysql.port"},
	{name: "unknown host", number: 2003, contains: "name or service not known", temporary: true,
		summary: "the cluster cannot resolve the database's host name",
		remedy:  "set database.mysql.host to a name that resolves inside the cluster"},
	{name: "refused", number: 2003, contains: "refused", temporary: true,
		summary: "nothing listens on the database's host and port",
		remedy:  "correct database.mysql.host and database.mysql.port; localhost is the pod itself"},
	{name: "newer revision", contains: "can't locate revision identified by",
		summary: "a newer server has migrated the database, and downgrades are not supported",
		remedy:  "set chart.version to that server's version or a newer one, or restore the backup made before the upgrade"},
	{name: "foreign tables", contains: "never been migrated with alembic",
		summary: "the database contains tables that are not ZenML's",
		remedy:  "set database.mysql.name to an empty database"},
	{name: "encryption key", contains: "encryption key",
		summary: "the secrets in the database cannot be decrypted with this encryption key",
		remedy:  "set secretsStore.sql.encryptionKey to the key that the server had before"},
	{name: "volume permission", contains: "permission denied: '/zenml",
		summary: "the server cannot write to its volume",
		remedy:  "set server.security.pod to {fsGroup: 1000}"},
	{name: "sqlite file", contains: "unable to open database file",
		summary: "the server cannot open its SQLite file",
		remedy:  "set server.security.pod to {fsGroup: 1000}, and check that the volume is writable"},
}

const (
	logGrace = 2 * time.Second
	// healing is how long a container that keeps crashing may take when the
	// problem can pass, such as a database that does not answer yet.
	healing = time.Minute
	// anyAccount and anyDatabase stand for the account and the database in remedies:
	// the log does not name them.
	anyAccount  = "'<user>'@'%'"
	anyDatabase = "<database>"
)

// FromLog returns the diagnosis of the last line that a rule matches.
func FromLog(lines []string) (Diagnosis, bool) {
	for _, line := range slices.Backward(Plain(lines)) {
		number, said := mysqlError(line)
		r, ok := logRuleFor(number, strings.ToLower(line))
		if !ok {
			continue
		}
		d := Diagnosis{Summary: r.summary, Reason: Shorten(cmp.Or(said, line)), Remedy: r.remedy, Grace: logGrace}
		if number > 0 {
			d.Reason = strconv.Itoa(number) + ": " + d.Reason
		}
		if r.temporary {
			d.Grace = healing
		}
		return d, true
	}
	return Diagnosis{}, false
}

func logRuleFor(number int, line string) (logRule, bool) {
	for _, r := range logRules {
		if (r.number == 0 || r.number == number) && strings.Contains(line, r.contains) {
			return r, true
		}
	}
	e, ok := mysqlerr.Lookup(number)
	return logRule{summary: e.Summary, remedy: e.RemedyFor(anyAccount, anyDatabase), temporary: e.Temporary}, ok
}

// pymysql matches `(1045, "Access denied for user …")`.
var pymysql = regexp.MustCompile(`\((\d{4}), (?:"(.*?)"|'(.*?)')\)`)

func mysqlError(line string) (number int, said string) {
	m := pymysql.FindStringSubmatch(line)
	if m == nil {
		return 0, ""
	}
	number, _ = strconv.Atoi(m[1])
	return number, m[2] + m[3]
}
