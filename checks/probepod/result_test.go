package probepod

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/peers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// runScript runs the pod's script with Python and PyMySQL, as in the server's image.
// files are the pod's secrets.
func runScript(
	t *testing.T,
	python, host string,
	port int,
	settings map[string]string,
	files map[string]string,
) probeResult {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		checktest.Must(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	command := exec.CommandContext(t.Context(), python, "-c", probeScript)
	command.Env = []string{"ZENML_PREFLIGHT_FILES=" + dir, "ZENML_PREFLIGHT_HOST=" + host,
		"ZENML_PREFLIGHT_PORT=" + strconv.Itoa(port)}
	for name, value := range map[string]string{"USER": "zenml", "DATABASE": "zenml", "TLS": "off", "AUTH": "password"} {
		if given, ok := settings[name]; ok {
			value = given
		}
		command.Env = append(command.Env, "ZENML_PREFLIGHT_"+name+"="+value)
	}
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s, err := parseResult(string(out))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return s
}

func TestScript_results(t *testing.T) {
	t.Parallel()
	python := peers.Python(t)
	s := checktest.StartDatabase(t, testdb.Options{
		Flags: []string{"--plugin-dir=" + checktest.MariaDBPlugins(t), "--plugin-load-add=auth_ed25519"},
	})
	s.Exec(t, "CREATE USER umlaut IDENTIFIED BY 'pässword'",
		"CREATE USER modern IDENTIFIED VIA ed25519 USING PASSWORD('"+checktest.Canary+"')")
	s.Exec(t, "CREATE USER nothing IDENTIFIED BY '"+checktest.Canary+"'",
		"CREATE USER strict IDENTIFIED BY '"+checktest.Canary+"' REQUIRE X509", "GRANT ALL ON zenml.* TO strict")
	pair, other := s.Authority.Client(t, "strict"), testdb.NewAuthority(t)
	ca, password := string(s.Authority.PEM), checktest.Canary
	for name, c := range map[string]struct {
		settings, files map[string]string
		step, database  string
		code            uint16
	}{
		"plain": {nil, map[string]string{"password": password}, "done", "exists", 0},
		"encrypted": {
			map[string]string{"TLS": "require"}, map[string]string{"password": password}, "done", "exists", 0,
		},
		"verified": {
			map[string]string{"TLS": "verify-full"}, map[string]string{"password": password, "ca.pem": ca}, "done",
			"exists", 0,
		},
		"to be leftovers": {
			map[string]string{"DATABASE": "other"}, map[string]string{"password": password}, "database", "", 1044,
		},
		"by certificate": {
			map[string]string{"TLS": "verify-ca", "USER": "strict"},
			map[string]string{"password": password, "ca.pem": ca, "cert.pem": string(pair.Cert), "key.pem": string(pair.Key)},
			"done", "exists", 0,
		},
		"wrong password": {nil, map[string]string{"password": "wrong"}, "login", "", 1045},
		"no right": {
			map[string]string{"USER": "nothing"}, map[string]string{"password": password}, "database", "", 1044,
		},
		"unknown authority": {
			map[string]string{"TLS": "verify-ca"}, map[string]string{"password": password, "ca.pem": string(other.PEM)},
			"tls", "", 0,
		},
		"system authorities": {
			map[string]string{"TLS": "verify-full"}, map[string]string{"password": password}, "tls", "", 0,
		},
		"CA is not PEM": {
			map[string]string{"TLS": "verify-ca"}, map[string]string{"password": password, "ca.pem": "rubbish"},
			"files", "", 0,
		},
		"CA with a byte order mark": {
			map[string]string{"TLS": "verify-ca"}, map[string]string{"password": password, "ca.pem": "\ufeff" + ca},
			"done", "exists", 0,
		},
		"Latin-1 password": {map[string]string{"USER": "umlaut"}, map[string]string{"password": "pässword"},
			"login", "", 1045},
		"unsendable password": {map[string]string{"USER": "umlaut"}, map[string]string{"password": "pass€word"},
			"password", "", 0},
		"line break": {nil, map[string]string{"password": password + "\r\n"}, "login", "", 1045},
		"ed25519":    {map[string]string{"USER": "modern"}, map[string]string{"password": password}, "login", "", 0},
		"RDS":        {map[string]string{"AUTH": "aws-rds-iam"}, nil, "done", "unknown", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := runScript(t, python, "127.0.0.1", s.Port, c.settings, c.files)
			if got.Step != c.step || got.Database != c.database || got.Code != c.code {
				t.Errorf("%+v", got)
			}
			if got.Step == "done" && (len(got.Addresses) != 1 || got.Addresses[0] != "127.0.0.1") {
				t.Errorf("addresses %v", got.Addresses)
			}
		})
	}
}

func TestScript_noDatabase(t *testing.T) {
	t.Parallel()
	python := peers.Python(t)
	step := func(host string, port int) probeResult { return runScript(t, python, host, port, nil, nil) }
	address := checktest.ClosedAddress(t)
	_, text, _ := net.SplitHostPort(address)
	closed, err := strconv.Atoi(text)
	checktest.Must(t, err)
	if got := step("127.0.0.1", closed); got.Step != "connect" || got.Kind != "ConnectionRefusedError" {
		t.Errorf("closed: %+v", got)
	}
	if got := step("zenml-preflight.invalid", 3306); got.Step != "resolve" {
		t.Errorf("unknown: %+v", got)
	}
	if got := step("127.0.0.1", checktest.ServeSSH(t, "127.0.0.1")); got.Step != "greeting" {
		t.Errorf("SSH: %+v", got)
	}
	s := testdb.Start(t, testdb.Options{NoTLS: true})
	got := runScript(t, python, "127.0.0.1", s.Port, map[string]string{"TLS": "require"},
		map[string]string{"password": checktest.Canary})
	if got.Step != "tls" || got.Error != "the server does not offer TLS" {
		t.Errorf("without TLS: %+v", got)
	}
}

// TestScript_slowDatabase uses a database that greets after 8 seconds, and one that never
// does.
func TestScript_slowDatabase(t *testing.T) {
	t.Parallel()
	python, s := peers.Python(t), checktest.StartDatabase(t, testdb.Options{})
	for name, c := range map[string]struct {
		between    *checktest.Between
		step, kind string
	}{
		"slow":   {&checktest.Between{Start: 8 * time.Second}, "done", ""},
		"silent": {&checktest.Between{Start: time.Minute}, "greeting", "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.between.Target = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))
			got := runScript(t, python, "127.0.0.1", c.between.Listen(t, "127.0.0.1"), nil,
				map[string]string{"password": checktest.Canary})
			if got.Step != c.step || got.Kind != c.kind {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestScript_certificates checks that Python accepts and rejects the cases as stated.
func TestScript_certificates(t *testing.T) {
	t.Parallel()
	python := peers.Python(t)
	for name, c := range checktest.CertificateCases() {
		t.Run(name, func(t *testing.T) {
			s := checktest.StartDatabase(t, c.Server)
			got := runScript(t, python, "localhost", s.Port, map[string]string{"TLS": c.Mode},
				map[string]string{"password": checktest.Canary, "ca.pem": c.CA(s)})
			if got.Step != map[bool]string{true: "done", false: "tls"}[c.Takes] {
				t.Errorf("%+v", got)
			}
		})
	}
}
