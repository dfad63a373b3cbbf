package standin

import (
	"bufio"
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// CheckMarker is the first line of the script with which the installer checks
// the database from a pod. The real server's image runs it with Python; the
// stand-in performs the same steps.
const CheckMarker = "# zenml-preflight: database 1\n"

const checkTimeout = 10 * time.Second

// checkResult is the output of the script: one line of JSON.
type checkResult struct {
	Marker    int      `json:"zenmlPreflight"`
	Step      string   `json:"step"`
	Error     string   `json:"error,omitempty"`
	Kind      string   `json:"kind,omitempty"`
	Code      uint16   `json:"code,omitempty"`
	Addresses []string `json:"addresses,omitempty"`
	Login     bool     `json:"login"`
	Database  string   `json:"database,omitempty"`
	Server    string   `json:"server,omitempty"`
	Plugin    string   `json:"plugin,omitempty"`
}

// CheckDatabase performs the script's steps in the same environment and writes
// the same line to out.
func CheckDatabase(ctx context.Context, env Env, out io.Writer) error {
	found := checkDatabase(ctx, env)
	found.Marker = 1
	return json.NewEncoder(out).Encode(found)
}

func checkDatabase(ctx context.Context, env Env) checkResult {
	host, port := env["ZENML_PREFLIGHT_HOST"], env["ZENML_PREFLIGHT_PORT"]
	resolving, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	addresses, err := patiently(func() ([]string, error) { return net.DefaultResolver.LookupHost(resolving, host) })
	if err != nil {
		return checkResult{Step: "resolve", Error: err.Error()}
	}
	offersTLS, failed := checkGreeting(ctx, net.JoinHostPort(host, port))
	if failed.Step != "" {
		return failed
	}
	if env["ZENML_PREFLIGHT_AUTH"] == "aws-rds-iam" {
		return checkResult{Step: "done", Addresses: addresses, Database: "unknown"}
	}
	done := checkLogin(ctx, env, offersTLS)
	done.Addresses = addresses
	return done
}

// patiently retries immediate failures: a new pod's network may need a moment.
func patiently[T any](call func() (T, error)) (T, error) {
	for _, pause := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second} {
		result, err := call()
		var network net.Error
		if err == nil || errors.As(err, &network) && network.Timeout() {
			return result, err
		}
		time.Sleep(pause)
	}
	return call()
}

// checkGreeting connects and reports whether the server offers TLS, or the
// failed step.
func checkGreeting(ctx context.Context, address string) (offersTLS bool, failed checkResult) {
	conn, err := patiently(func() (net.Conn, error) {
		return (&net.Dialer{Timeout: checkTimeout}).DialContext(ctx, "tcp", address)
	})
	if err != nil {
		kind := "timeout"
		if errors.Is(err, syscall.ECONNREFUSED) {
			kind = "ConnectionRefusedError"
		}
		return false, checkResult{Step: "connect", Error: err.Error(), Kind: kind}
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(checkTimeout))
	reader := bufio.NewReader(conn)
	first, err := reader.Peek(5)
	if len(first) < 5 {
		return false, checkResult{Step: "greeting", Error: fmt.Sprintf("it says nothing: %v", err)}
	}
	if first[3] != 0 || first[4] != 10 && first[4] != 0xff {
		said, _ := reader.Peek(min(reader.Buffered(), 40))
		return false, checkResult{Step: "greeting", Error: fmt.Sprintf("it answers with %q", said)}
	}
	body, _ := reader.Peek(4 + int(first[0]) + int(first[1])<<8)
	if first[4] == 0xff {
		return true, checkResult{} // an error, which the login will also get
	}
	_, rest, ok := strings.Cut(string(body[5:]), "\x00")
	return ok && len(rest) > 14 && rest[14]&0x08 != 0, checkResult{}
}

func checkLogin(ctx context.Context, env Env, offersTLS bool) checkResult {
	config, err := checkTLS(env)
	switch {
	case err != nil:
		return checkResult{Step: "files", Error: err.Error()}
	case config != nil && !offersTLS:
		return checkResult{Step: "tls", Error: "the server does not offer TLS"}
	}
	password, ok := latin1(checkFile(env, "password"))
	if !ok {
		return checkResult{Step: "password", Error: "the password has characters outside Latin-1"}
	}
	used := &pluginLog{}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(env["ZENML_PREFLIGHT_HOST"], env["ZENML_PREFLIGHT_PORT"])
	cfg.User, cfg.Passwd, cfg.TLS = env["ZENML_PREFLIGHT_USER"], password, config
	cfg.AllowCleartextPasswords = true // like PyMySQL, also without TLS
	cfg.Timeout, cfg.ReadTimeout, cfg.Logger = checkTimeout, checkTimeout, used
	db, err := connect(ctx, cfg)
	if err != nil {
		failed := checkFailed("login", err)
		failed.Plugin = used.name
		return failed
	}
	defer func() { _ = db.Close() }()
	return checkSession(ctx, env, cfg, db)
}

// checkSession continues after the login with the database.
func checkSession(ctx context.Context, env Env, cfg *mysql.Config, db *sql.DB) checkResult {
	if usesEd25519(ctx, db) {
		return checkResult{Step: "login", Error: "'pynacl' package is required for ed25519_password auth method"}
	}
	done := checkResult{Step: "done", Login: true, Database: "exists"}
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&done.Server); err != nil {
		return checkFailed("login", err)
	}
	cfg.DBName = env["ZENML_PREFLIGHT_DATABASE"]
	inside, err := connect(ctx, cfg)
	var refused *mysql.MySQLError
	switch {
	case errors.As(err, &refused) && refused.Number == errNoDatabase:
		done.Database = "missing"
	case err != nil:
		return checkFailed("database", err)
	default:
		_ = inside.Close()
	}
	return done
}

// latin1 encodes a password as PyMySQL does. It returns false for characters
// outside Latin-1.
func latin1(text string) (encoded string, ok bool) {
	data := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return "", false
		}
		data = append(data, byte(r)) //nolint:gosec // it fits
	}
	return string(data), true
}

// usesEd25519 reports whether the account has MariaDB's plugin ed25519, which
// Go's driver supports and PyMySQL in the server's image does not.
func usesEd25519(ctx context.Context, db *sql.DB) bool {
	var statement string
	err := db.QueryRowContext(ctx, "SHOW CREATE USER CURRENT_USER()").Scan(&statement)
	return err == nil && strings.Contains(strings.ToLower(statement), "via ed25519")
}

// pluginLog is the log of Go's driver. It keeps the name of an authentication
// plugin that the driver does not support.
type pluginLog struct{ name string }

// Print receives the driver's messages.
func (l *pluginLog) Print(parts ...any) {
	if n := len(parts); n >= 2 && parts[n-2] == "unknown auth plugin:" {
		l.name = fmt.Sprint(parts[n-1])
	}
}

func checkFailed(step string, err error) checkResult {
	if fault := tlsFault(err); fault != "" {
		return checkResult{Step: "tls", Error: fault}
	}
	var refused *mysql.MySQLError
	if errors.As(err, &refused) {
		return checkResult{Step: step, Code: refused.Number, Error: refused.Message}
	}
	return checkResult{Step: step, Error: err.Error()}
}

func checkTLS(env Env) (*tls.Config, error) {
	mode := env["ZENML_PREFLIGHT_TLS"]
	settings := storeTLS{
		enabled: mode != "off", verifyHost: mode == "verify-full",
		cert: checkFile(env, "cert.pem"), key: checkFile(env, "key.pem"),
	}
	if mode != "require" {
		settings.ca = checkFile(env, "ca.pem")
	}
	config, err := settings.config(env["ZENML_PREFLIGHT_HOST"])
	if config != nil && settings.ca == "" && mode != "require" {
		config.InsecureSkipVerify = false // the system's CAs, like Python
	}
	return config, err
}

func checkFile(env Env, name string) string {
	data, err := os.ReadFile(filepath.Join(env["ZENML_PREFLIGHT_FILES"], name))
	if err != nil {
		return "" // not in the Secret
	}
	return string(data)
}
