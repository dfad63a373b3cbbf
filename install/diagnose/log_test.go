package diagnose

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// logsFolder is the environment variable for a folder with complete logs of the
// real server's migration, one fault per file.
const logsFolder = "ZENML_TEST_LOGS"

// realLogs maps each log to the rule or MySQL error number that must match.
var realLogs = map[string]string{
	"bad-database-name.txt":              "database name",
	"certificate-for-another-host.txt":   "host name",
	"connection-refused.txt":             "refused",
	"ed25519-account.txt":                "ed25519",
	"encrypted-client-key.txt":           "encrypted key",
	"latin1-password.txt":                "wrong password",
	"myisam.txt":                         "1071",
	"newer-revision.txt":                 "newer revision",
	"no-right-on-database.txt":           "1044",
	"non-latin1-password.txt":            "password encoding",
	"postgresql-url.txt":                 "database scheme",
	"tls-required.txt":                   "wrong password",
	"unknown-host.txt":                   "unknown host",
	"wrong-ca.txt":                       "untrusted",
	"wrong-password-plain-traceback.txt": "wrong password",
	"wrong-password.txt":                 "wrong password",
}

// TestFromLog_realLogs runs only if the folder is available: the logs quote
// other projects' source code, so they are not in this repository.
// TestFromLog_traceback covers logs of the same form.
func TestFromLog_realLogs(t *testing.T) {
	folder := os.Getenv(logsFolder)
	if folder == "" {
		t.Skip("set " + logsFolder + " to a folder of real logs")
	}
	for name, rule := range realLogs {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		checkLog(t, name, lines, rule)
		d, _ := FromLog(lines)
		t.Logf("%s\n  %s\n  %s\n  last line: %s", name, d.Text(), d.Remedy, LastLine(lines))
	}
}

// checkLog expects the same diagnosis for a log, its last 100 lines and its
// last 40.
func checkLog(t *testing.T, name string, lines []string, rule string) {
	t.Helper()
	for _, most := range []int{len(lines), 100, 40} {
		end := lines[max(0, len(lines)-most):]
		d, ok := FromLog(end)
		number, _, _ := strings.Cut(d.Reason, ":")
		if !ok || d.Name != rule && number != rule || d.Remedy == "" {
			t.Errorf("%s, %d lines: %+v, want %s", name, most, d, rule)
		}
		for _, line := range Plain(end) {
			if strings.ContainsAny(line, "│╭\x1b") || strings.Contains(line, `  File "`) {
				t.Errorf("%s: %q", name, line)
			}
		}
		if last := LastLine(end); strings.HasPrefix(last, "(Background") || strings.HasPrefix(last, "For further") {
			t.Errorf("%s: the last line is %q", name, last)
		}
	}
}

// richLog returns a colored log whose last exception has boxed frames and is
// wrapped like the real server's. The innermost frame shows code.
func richLog(code, exception string, notes ...string) []string {
	lines := []string{
		"\x1b[37m2026-11-26 11:24:46,025 | INFO     | server.settings:read:12 | Reading the settings\x1b[0m",
		"\x1b[31m2026-11-26 11:24:47,610 | ERROR    | server.database:open:7 | Cannot open \x1b[0m\x1b[38;5;105mzl\x1b[31m.\x1b[0m",
		"╭───────────────────── Traceback (most recent call last) ──────────────────────╮",
	}
	for i := range 20 {
		lines = append(lines, box(fmt.Sprintf("/opt/server/a/rather/long/path/module%d.py:%d in step", i, i)), box(""),
			box(fmt.Sprintf("  %d │   before = (1049, 'certificate has expired')", 100+i)),
			box(fmt.Sprintf("❱ %d │   return step%d(self)", 101+i, i+1)), box(""))
	}
	lines = append(lines, box("❱ 405 │   │   "+code), box("  406 │   │   after()"),
		"╰──────────────────────────────────────────────────────────────────────────────╯")
	for line := range strings.SplitSeq(exception, "\n") {
		lines = append(lines, wrap(line)...)
	}
	return append(lines, notes...)
}

func box(text string) string { return fmt.Sprintf("│ %-77s│", text) }

// wrap breaks a text as the server does: at spaces, which it keeps at the end
// of the line, and within words longer than a line.
func wrap(text string) []string {
	runes := []rune(text)
	var lines []string
	for len(runes) > wrapWidth {
		at := wrapWidth
		if i := lastSpace(runes[:wrapWidth]); i >= 0 {
			at = i + 1
		}
		lines, runes = append(lines, string(runes[:at])), runes[at:]
	}
	return append(lines, string(runes))
}

func lastSpace(runes []rune) int {
	for i, r := range slices.Backward(runes) {
		if r == ' ' {
			return i
		}
	}
	return -1
}

// plainLog is richLog without colors and boxes.
func plainLog(code, exception string, notes ...string) []string {
	lines := []string{"2026-11-26 11:24:46,025 | INFO | Reading the settings", "Traceback (most recent call last):"}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf(`  File "/opt/server/module%d.py", line %d, in step`, i, i),
			"    raise failure(1049, 'certificate has expired')", "          ^^^^^^^^^^^^^^^")
	}
	lines = append(lines, `  File "/opt/server/client.py", line 405, in open`, "    "+code)
	return slices.Concat(lines, strings.Split(exception, "\n"), notes)
}

// tracebacks are exceptions of the real server and its libraries, and the rule
// or MySQL error number that explains each.
var tracebacks = []struct{ code, exception, rule string }{
	{"raise error(number, text)", `OperationalError: (pymysql.err.OperationalError) (1045, "Access denied for user ` +
		`'somebody'@'host.example.com' (using password: YES)")`, "wrong password"},
	{"raise error(number, text)", `OperationalError: (pymysql.err.OperationalError) (1044, "Access denied for user ` +
		`'limited'@'%' to database 'zenml'")`, "1044"},
	{"raise error(number, text)", `OperationalError: (pymysql.err.OperationalError) (1071, 'Specified key was too ` +
		`long; max key length is 1000 bytes')`, "1071"},
	{"raise error(number, text)", `OperationalError: (pymysql.err.OperationalError) (3159, 'Connections using ` +
		`insecure transport are prohibited while --require_secure_transport=ON.')`, "3159"},
	{"raise refused", `OperationalError: (pymysql.err.OperationalError) (2003, "Can't connect to MySQL ` +
		`server on 'db.example.com' ([Errno 111] Connection refused)")`, "refused"},
	{"raise unknown", `OperationalError: (pymysql.err.OperationalError) (2003, "Can't connect to MySQL ` +
		`server on 'no.such.host.example.com' ([Errno -2] Name or service not known)")`, "unknown host"},
	{"wrap(socket)", `OperationalError: (pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on ` +
		`'db' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate ` +
		`chain (_ssl.c:1006))")`, "untrusted"},
	{"wrap(socket)", `OperationalError: (pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on ` +
		`'db' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not ` +
		`valid for 'db'. (_ssl.c:1006))")`, "host name"},
	{"scramble()", "RuntimeError: 'pynacl' package is required for ed25519_password auth method", "ed25519"},
	{"encode(text)", `UnicodeEncodeError: 'latin-1' codec can't encode character '\u20ac' in position 4: ordinal ` +
		`not in range(256)`, "password encoding"},
	{"context.load_cert_chain(", "OSError: [Errno 22] Invalid argument", "encrypted key"},
	{"raise error", "CommandError: Can't locate revision identified by 'ffffffffffff'", "newer revision"},
	{"raise error", "ValidationError: 1 validation error for Store\n  Value error, The database name does not conform to the required format rules " +
		`(^[^\\/?%*:|\"<>.-]{1,64}$): zen-ml [type=value_error, input_value={'type': 'sql'}, input_type=dict]`,
		"database name"},
	{"raise error", "TypeError: No store implementation found for URL: " +
		"postgresql://zenml:x@a.very.long.host.name.of.a.database.example.com:3397/a_very_long_name_of_a_database.",
		"database scheme"},
}

func TestFromLog_traceback(t *testing.T) {
	notes := []string{"[SQL: ", "CREATE TABLE a (", "  b INT", ")]", "(Background on this error at: https://example.com)"}
	for _, e := range tracebacks {
		checkLog(t, "boxed "+e.exception, richLog(e.code, e.exception, notes...), e.rule)
		checkLog(t, "plain "+e.exception, plainLog(e.code, e.exception, notes...), e.rule)
	}
}

// TestMask expects no part of a quoted password in the output.
func TestMask(t *testing.T) {
	for _, e := range tracebacks {
		for _, log := range [][]string{richLog(e.code, e.exception), plainLog(e.code, e.exception)} {
			d, _ := FromLog(log)
			shown := d.Text() + strings.Join(Plain(log), "\n")
			if strings.Contains(shown, "zenml:x@") || strings.Contains(shown, "20ac") || strings.Contains(shown, "position") {
				t.Error(shown)
			}
		}
	}
}
