package install

import (
	"regexp"
	"strconv"
	"strings"
)

// logCause is what a line in the server's or the migration's log means.
type logCause struct {
	code     int    // MySQL's error number as PyMySQL shows it, 0 for any
	contains string // in the lower-case line; empty for any
	cause    string // {said} is what the line says
	remedy   string
	passing  bool // time may mend it, where the container is started again
}

// pymysql matches `(1045, "Access denied for user …")`.
var pymysql = regexp.MustCompile(`\((\d{4}), (?:"(.*?)"|'(.*?)')\)`)

// logCauses are read from top to bottom; the last log line that one of them
// fits is the one that counts. The numbers are MySQL's and, from 2000, those
// of its client.
var logCauses = []logCause{
	{code: 1045, contains: "using password: no", cause: "the database refuses the login because no password was given (1045: {said})", remedy: "give database.mysql.password in the answers"},
	{code: 1045, cause: "the database refuses the user name or the password (1045: {said})", remedy: "correct database.mysql.user and database.mysql.password; where the server demands TLS for the user it answers so too"},
	{code: 1698, cause: "the database refuses the user's way of logging in (1698: {said})", remedy: "give the user a password plugin such as caching_sha2_password"},
	{code: 1044, cause: "the database user has no rights on the database (1044: {said})", remedy: "GRANT ALL PRIVILEGES on the database to the user"},
	{code: 1142, cause: "the database user lacks a right that the migration needs (1142: {said})", remedy: "GRANT it on the database, CREATE, ALTER, DROP, INDEX and REFERENCES included"},
	{code: 1227, cause: "the database user lacks a privilege of the server (1227: {said})", remedy: "choose a backup strategy that does without, or grant it"},
	{code: 1049, cause: "the database does not exist and could not be created (1049: {said})", remedy: "create it, or give the user the right to CREATE it"},
	{code: 1040, cause: "the database has no connection left (1040: {said})", remedy: "raise max_connections, or lower database.mysql.pool", passing: true},
	{code: 1203, cause: "the database user has no connection left (1203: {said})", remedy: "raise max_user_connections, or lower database.mysql.pool", passing: true},
	{code: 1129, cause: "the database has blocked the cluster's address after too many failed connections (1129: {said})", remedy: "run FLUSH HOSTS on the database, or mysqladmin flush-hosts"},
	{code: 1130, cause: "the database does not let this address in (1130: {said})", remedy: "allow the user from the cluster's addresses: 'user'@'%' or the nodes' network"},
	{code: 3159, cause: "the database demands TLS and the connection has none (3159: {said})", remedy: "switch TLS on by database.mysql.tls.mode, with the CA where the server's is a private one"},
	{code: 1251, cause: "the database's authentication plugin is too old or too new for the server (1251: {said})", remedy: "give the user the plugin caching_sha2_password or mysql_native_password"},
	{code: 1524, cause: "the database does not have the user's authentication plugin (1524: {said})", remedy: "give the user the plugin caching_sha2_password or mysql_native_password"},
	{code: 1290, cause: "the database is read-only (1290: {said})", remedy: "name the primary, not a replica"},
	{code: 1836, cause: "the database is read-only (1836: {said})", remedy: "name the primary, not a replica"},
	{code: 1419, cause: "the database refuses triggers while its binary log is on (1419: {said})", remedy: "set log_bin_trust_function_creators"},
	{code: 3750, cause: "the database demands a primary key on every table (3750: {said})", remedy: "switch sql_require_primary_key off for this database"},
	{contains: "unable to get local issuer certificate", cause: "the database's certificate is not signed by the given CA ({said})", remedy: "give the CA that signed it"},
	{contains: "unable to get issuer certificate", cause: "the given CA is no root, and the root is missing ({said})", remedy: "append the root's certificate to database.mysql.tls.ca"},
	{contains: "hostname mismatch", cause: "the database's certificate is for another host name ({said})", remedy: "use the name in the certificate, or a database.mysql.tls.mode that does not check it"},
	{contains: "certificate has expired", cause: "the database's certificate has expired ({said})", remedy: "renew it"},
	{contains: "certificate verify failed", cause: "the database's certificate is not trusted ({said})", remedy: "give the CA that signed it"},
	{contains: "ssl connection error", cause: "TLS with the database failed ({said})", remedy: "check database.mysql.tls and the certificates"},
	{contains: "wrong_version_number", cause: "the database does not speak TLS on that port ({said})", remedy: "switch TLS off by database.mysql.tls.mode, or name the right port"},
	{code: 2003, contains: "name or service not known", cause: "the database's host name is not known in the cluster ({said})", remedy: "correct database.mysql.host; a name that only this machine knows does not serve", passing: true},
	{code: 2003, contains: "refused", cause: "nothing listens at the database's host and port (2003: {said})", remedy: "correct database.mysql.host and database.mysql.port; localhost means the pod itself", passing: true},
	{code: 2003, cause: "the cluster does not reach the database (2003: {said})", remedy: "check host, port, firewall and network policies from inside the cluster", passing: true},
	{code: 2006, cause: "the database closed the connection (2006: {said})", remedy: "look at its log, max_allowed_packet and wait_timeout", passing: true},
	{code: 2013, cause: "the connection to the database was lost (2013: {said})", remedy: "check that the port speaks MySQL, and proxies and time-outs on the way", passing: true},
	{contains: "can't locate revision identified by", cause: "the database was written by a newer server: going back is not supported ({said})", remedy: "install that version of the chart or a newer one, or restore the backup made before the upgrade"},
	{contains: "never been migrated with alembic", cause: "the database holds tables that are not ZenML's ({said})", remedy: "give the server an empty database of its own"},
	{contains: "encryption key", cause: "the secrets in the database cannot be read with this encryption key ({said})", remedy: "give the key that the server had before"},
	{contains: "permission denied: '/zenml", cause: "the server may not write to its volume ({said})", remedy: "set podSecurityContext.fsGroup to 1000"},
	{contains: "unable to open database file", cause: "the server cannot open its SQLite file ({said})", remedy: "set podSecurityContext.fsGroup to 1000, and see that the volume is writable"},
}

// fromLog finds the cause that a log names, in its last line that names one.
func fromLog(lines []string) (logCause, bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		code, said := mysqlError(lines[i])
		text := strings.ToLower(lines[i])
		for _, known := range logCauses {
			if (known.code == 0 || known.code == code) && strings.Contains(text, known.contains) {
				known.cause = strings.ReplaceAll(known.cause, "{said}", short(orWord(said, lines[i])))
				return known, true
			}
		}
	}
	return logCause{}, false
}

func mysqlError(line string) (code int, said string) {
	m := pymysql.FindStringSubmatch(line)
	if m == nil {
		return 0, ""
	}
	code, _ = strconv.Atoi(m[1])
	return code, m[2] + m[3]
}
