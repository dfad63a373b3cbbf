package diagnose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// logExamples are last lines of the server's and the migration's log, some with
// the frame above, and a substring of the diagnosis.
var logExamples = []struct{ line, says string }{
	{
		"RuntimeError: The database migration failed: Your ZenML installation has more than just the default workspace configured.",
		"workspaces besides the default one",
	},
	{"ModuleNotFoundError: No module named 'pkg_resources'", "lacks a Python module"},
	{
		"RuntimeError: Error initializing azure secrets store: no Azure subscriptions found for the configured credentials.",
		"sees no subscription",
	},
	{
		"RuntimeError: Error initializing azure secrets store: multiple Azure subscriptions found for the configured credentials.",
		"sees several Azure subscriptions",
	},
	{
		"RuntimeError: Error initializing aws secrets store: failed to verify AWS account access: You must specify a region.",
		"calls AWS STS without a region",
	},
	{
		`sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1045, "Access denied for user 'zenml'@'10.0.0.1' (using password: YES)")`,
		"1045: Access denied for user 'zenml'@'10.0.0.1' (using password: YES)",
	},
	{
		`(pymysql.err.OperationalError) (1045, "Access denied for user 'zenml'@'10.0.0.1' (using password: NO)")`,
		"no password was given",
	},
	{
		`(pymysql.err.OperationalError) (1044, "Access denied for user 'zenml'@'%' to database 'x'")`,
		"no rights on the database",
	},
	{`(pymysql.err.OperationalError) (1049, "Unknown database 'zenml'")`, "does not exist"},
	{`(pymysql.err.OperationalError) (1040, 'Too many connections')`, "1040: Too many connections"},
	{
		`(pymysql.err.OperationalError) (1129, "Host '10.0.0.1' is blocked because of many connection errors")`,
		"blocks this client",
	},
	{
		`(pymysql.err.OperationalError) (1130, "Host '10.0.0.1' is not allowed to connect to this MySQL server")`,
		"does not allow connections from this address",
	},
	{
		`(pymysql.err.OperationalError) (3159, 'Connections using insecure transport are prohibited while --require_secure_transport=ON.')`,
		"requires TLS",
	},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([Errno -2] Name or service not known)")`,
		"cannot resolve",
	},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)")`,
		"nothing listens",
	},
	{`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' (timed out)")`, "cannot reach"},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1007))")`,
		"not signed by the given CA",
	},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'db'. (_ssl.c:1007))")`,
		"for another host name",
	},
	{`alembic.util.exc.CommandError: Can't locate revision identified by 'ffff'`, "downgrades are not supported"},
	{`RuntimeError: The database has never been migrated with alembic before`, "tables that are not ZenML's"},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' (unable to get issuer certificate)")`,
		"its root is missing",
	},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' (certificate verify failed: certificate has expired)")`,
		"has expired",
	},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' (certificate verify failed: self-signed certificate)")`,
		"is not trusted",
	},
	{`(pymysql.err.OperationalError) (2026, 'SSL connection error: unknown')`, "TLS with the database failed"},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([SSL: WRONG_VERSION_NUMBER] wrong version number)")`,
		"does not speak TLS",
	},
	{`RuntimeError: the secret cannot be read with this encryption key`, "cannot be decrypted"},
	{`PermissionError: [Errno 13] Permission denied: '/zenml/.zenconfig'`, "cannot write to its volume"},
	{`sqlite3.OperationalError: unable to open database file`, "cannot open its SQLite file"},
	{
		`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on '10.0.0.3' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: IP address mismatch, certificate is not valid for '10.0.0.3'. (_ssl.c:992))")`,
		"for another host name",
	},
	{`UnicodeEncodeError: 'latin-1' codec can't encode character '\u20ac' in position 4: ordinal not in range(256)`,
		"contains a character that the server's MySQL client cannot send"},
	{`RuntimeError: 'pynacl' package is required for ed25519_password auth method`, "authentication plugin ed25519"},
	{"│ ❱ 405 │   │   ctx.load_cert_chain(   │\nOSError: [Errno 22] Invalid argument", "is encrypted"},
	{"  File \"client.py\", line 4, in tls\n    context.load_cert_chain(path)\nOSError: [Errno 22] Invalid argument",
		"is encrypted"},
	{"│ ❱ 9 │ ctx.load_cert_chain(cert) │\nSSLError: [SSL] PEM lib (_ssl.c:3900)",
		"cannot load the database's client certificate"},
	{`ssl.SSLError: [X509: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c:3895)`, "does not match"},
	{`ssl.SSLError: [X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4149)`,
		"contains no certificate"},
	{"ValidationError: 1 validation error for Store\n  Value error, The database name does not conform to the " +
		"required format rules (x): zen-ml [type=value_error, input_value={'a': 'b'}]",
		"the server does not accept the name of the database: The database name does not conform to the required format rules (x): zen-ml"},
	{"ValidationError: 1 validation error for Store\n  Value error, ('Invalid SQL driver value `%s`: The driver must be one " +
		"of: %s.', 'postgresql://zenml@db/zenml', 'mysql, sqlite') [type=value_error, input_value=1]",
		"the server does not support this kind of database"},
	{`TypeError: No store implementation found for URL: postgresql://zenml:top-secret@db:5432/zenml.`,
		"URL: postgresql://zenml:••••••@db:5432/zenml."},
	{"ValidationError: 1 validation error for Store\n  Value error, The endpoint is not valid [type=value_error, input_value=1]",
		"the server rejects a part of its configuration: The endpoint is not valid"},
}

func TestFromLog(t *testing.T) {
	traceback := []string{"Traceback (most recent call last):", `  File "x.py", line 1, in <module>`}
	for _, e := range logExamples {
		d, ok := FromLog(append(append(traceback, strings.Split(e.line, "\n")...), ""))
		if !ok || !strings.Contains(d.Text(), e.says) || d.Remedy == "" {
			t.Errorf("%s: %q", e.line, d.Text())
		}
	}
	if d, ok := FromLog([]string{"INFO starting", "listening on 0.0.0.0:8080"}); ok {
		t.Errorf("a healthy log is diagnosed as %q", d.Text())
	}
}

// TestEveryLogRuleHasAnExample fails for a rule that no example matches, or
// that an earlier rule shadows.
func TestEveryLogRuleHasAnExample(t *testing.T) {
	matched := map[string]bool{}
	for _, e := range logExamples {
		d, _ := FromLog(strings.Split(e.line, "\n"))
		matched[d.Name] = true
	}
	for _, r := range logRules {
		if !matched[r.name] {
			t.Errorf("no example matches rule %q: add one to logExamples", r.name)
		}
	}
}

// TestMySQLErrorsAreDiagnosed covers every known number as PyMySQL prints it.
func TestMySQLErrorsAreDiagnosed(t *testing.T) {
	for _, e := range mysqlerr.All() {
		d, ok := FromLog([]string{fmt.Sprintf(`(pymysql.err.OperationalError) (%d, "what the server says")`, e.Number)})
		want := fmt.Sprintf("%s: %d: what the server says", e.Summary, e.Number)
		if !ok || d.Text() != want || strings.Contains(d.Remedy, "{user}") {
			t.Errorf("%d: %+v", e.Number, d)
		}
	}
}
