package standin

import (
	"bufio"
	"context"
	"crypto/tls"
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
		return checkResult{Step: "tls", Error: "the server offers no TLS"}
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(env["ZENML_PREFLIGHT_HOST"], env["ZENML_PREFLIGHT_PORT"])
	cfg.User, cfg.Passwd, cfg.TLS = env["ZENML_PREFLIGHT_USER"], checkFile(env, "password"), config
	cfg.Timeout, cfg.ReadTimeout, cfg.Logger = checkTimeout, checkTimeout, silent{}
	db, err := connect(ctx, cfg)
	if err != nil {
		return checkFailed("login", err)
	}
	defer func() { _ = db.Close() }()
	done := checkResult{Step: "done", Login: true, Database: "there"}
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
