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

// LookMarker is the first line of the script by which the installer looks at the database from a
// pod. The server's real image runs it with Python; this image has none, and does the same steps.
const LookMarker = "# zenml-preflight: database 1\n"

const lookLimit = 10 * time.Second

// look is what the script prints: one line of JSON.
type look struct {
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

// Look does what that script does, by the same settings, and writes the same line to out.
func Look(ctx context.Context, env Env, out io.Writer) error {
	found := lookAt(ctx, env)
	found.Marker = 1
	return json.NewEncoder(out).Encode(found)
}

func lookAt(ctx context.Context, env Env) look {
	host, port := env["ZENML_PREFLIGHT_HOST"], env["ZENML_PREFLIGHT_PORT"]
	resolving, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	addresses, err := patiently(func() ([]string, error) { return net.DefaultResolver.LookupHost(resolving, host) })
	if err != nil {
		return look{Step: "resolve", Error: err.Error()}
	}
	offersTLS, failed := lookGreeting(ctx, net.JoinHostPort(host, port))
	if failed.Step != "" {
		return failed
	}
	if env["ZENML_PREFLIGHT_AUTH"] == "aws-rds-iam" {
		return look{Step: "done", Addresses: addresses, Database: "unknown"}
	}
	done := lookLogin(ctx, env, offersTLS)
	done.Addresses = addresses
	return done
}

// patiently tries again what fails at once: a new pod's network may need a moment.
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

// lookGreeting connects and tells whether the server offers TLS, or where it came to a halt.
func lookGreeting(ctx context.Context, address string) (offersTLS bool, failed look) {
	conn, err := patiently(func() (net.Conn, error) {
		return (&net.Dialer{Timeout: lookLimit}).DialContext(ctx, "tcp", address)
	})
	if err != nil {
		kind := "timeout"
		if errors.Is(err, syscall.ECONNREFUSED) {
			kind = "ConnectionRefusedError"
		}
		return false, look{Step: "connect", Error: err.Error(), Kind: kind}
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(lookLimit))
	reader := bufio.NewReader(conn)
	first, err := reader.Peek(5)
	if len(first) < 5 {
		return false, look{Step: "greeting", Error: fmt.Sprintf("it says nothing: %v", err)}
	}
	if first[3] != 0 || first[4] != 10 && first[4] != 0xff {
		said, _ := reader.Peek(min(reader.Buffered(), 40))
		return false, look{Step: "greeting", Error: fmt.Sprintf("it answers with %q", said)}
	}
	body, _ := reader.Peek(4 + int(first[0]) + int(first[1])<<8)
	if first[4] == 0xff {
		return true, look{} // an error, which the login will meet again
	}
	_, rest, ok := strings.Cut(string(body[5:]), "\x00")
	return ok && len(rest) > 14 && rest[14]&0x08 != 0, look{}
}

func lookLogin(ctx context.Context, env Env, offersTLS bool) look {
	config, err := lookTLS(env)
	switch {
	case err != nil:
		return look{Step: "files", Error: err.Error()}
	case config != nil && !offersTLS:
		return look{Step: "tls", Error: "the server offers no TLS"}
	}
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(env["ZENML_PREFLIGHT_HOST"], env["ZENML_PREFLIGHT_PORT"])
	cfg.User, cfg.Passwd, cfg.TLS = env["ZENML_PREFLIGHT_USER"], lookFile(env, "password"), config
	cfg.Timeout, cfg.ReadTimeout, cfg.Logger = lookLimit, lookLimit, silent{}
	db, err := connect(ctx, cfg)
	if err != nil {
		return lookFailed("login", err)
	}
	defer func() { _ = db.Close() }()
	done := look{Step: "done", Login: true, Database: "there"}
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&done.Server); err != nil {
		return lookFailed("login", err)
	}
	cfg.DBName = env["ZENML_PREFLIGHT_DATABASE"]
	inside, err := connect(ctx, cfg)
	var refused *mysql.MySQLError
	switch {
	case errors.As(err, &refused) && refused.Number == errNoDatabase:
		done.Database = "missing"
	case err != nil:
		return lookFailed("database", err)
	default:
		_ = inside.Close()
	}
	return done
}

func lookFailed(step string, err error) look {
	if fault := tlsFault(err); fault != "" {
		return look{Step: "tls", Error: fault}
	}
	var refused *mysql.MySQLError
	if errors.As(err, &refused) {
		return look{Step: step, Code: refused.Number, Error: refused.Message}
	}
	return look{Step: step, Error: err.Error()}
}

func lookTLS(env Env) (*tls.Config, error) {
	mode := env["ZENML_PREFLIGHT_TLS"]
	settings := storeTLS{
		enabled: mode != "off", verifyHost: mode == "verify-full",
		cert: lookFile(env, "cert.pem"), key: lookFile(env, "key.pem"),
	}
	if mode != "require" {
		settings.ca = lookFile(env, "ca.pem")
	}
	config, err := settings.config(env["ZENML_PREFLIGHT_HOST"])
	if config != nil && settings.ca == "" && mode != "require" {
		config.InsecureSkipVerify = false // the system's authorities, as Python takes them
	}
	return config, err
}

func lookFile(env Env, name string) string {
	data, err := os.ReadFile(filepath.Join(env["ZENML_PREFLIGHT_FILES"], name))
	if err != nil {
		return "" // it was not given
	}
	return string(data)
}
