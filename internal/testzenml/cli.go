package testzenml

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// CLI is the real zenml client with a test's own configuration and working
// folder.
type CLI struct {
	bin string // folder of its programs
	dir string
}

// NewCLI returns the client from PyPI that .ci/peers installed.
func NewCLI(t testing.TB) *CLI {
	t.Helper()
	return &CLI{bin: filepath.Join(testcache.Path(t, "zenml"), "bin"), dir: t.TempDir()}
}

// command returns a command of the client's Python environment that opens no
// browser.
func (c *CLI) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, filepath.Join(c.bin, program), args...) //nolint:gosec // the client
	command.Dir = c.dir
	command.Env = []string{
		"PATH=" + c.bin + ":/usr/bin:/bin", "HOME=" + c.dir, "ZENML_CONFIG_PATH=" + filepath.Join(c.dir, "config"),
		"ZENML_ANALYTICS_OPT_IN=false", "NO_COLOR=1", "COLUMNS=400", "BROWSER=true", "PYTHONUNBUFFERED=1",
		"no_proxy=127.0.0.1,localhost",
	}
	return command
}

// Run runs a program of the client's Python environment and returns its output.
// The program must succeed.
func (c *CLI) Run(t testing.TB, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out, err := c.command(ctx, program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// LoginWithKey logs the client in with the API key of a service account, as CI does.
func (c *CLI) LoginWithKey(t testing.TB, url, key string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	command := c.command(ctx, "zenml", "login", url, "--api-key")
	command.Stdin = strings.NewReader(key + "\n")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("zenml login --api-key: %v\n%s", err, out)
	}
}

// Script runs a Python script with the client's configuration.
func (c *CLI) Script(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(c.dir, "script.py")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return c.Run(t, "python", path)
}

// deviceURL matches the URL where users approve the client's login.
var deviceURL = regexp.MustCompile(`/devices/verify\?device_id=([0-9a-f-]+)&user_code=([0-9A-Za-z_-]+)`)

// Login logs the client in as users do with a browser: the client prints a URL,
// where the admin approves the device.
func (c *CLI) Login(t testing.TB, admin *Client) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	command := c.command(ctx, "zenml", "login", admin.URL)
	read, write := io.Pipe()
	command.Stdout, command.Stderr = write, write
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- command.Wait()
		_ = write.Close()
	}()
	var out strings.Builder
	approved := false
	for lines := bufio.NewScanner(read); lines.Scan(); {
		out.WriteString(lines.Text() + "\n")
		if device := deviceURL.FindStringSubmatch(lines.Text()); device != nil && !approved {
			approved = true
			admin.Do(
				t,
				http.MethodPut,
				"/api/v1/devices/"+device[1]+"/verify",
				map[string]any{"user_code": device[2], "trusted_device": true},
				nil,
			)
		}
	}
	if err := <-ended; err != nil || !approved {
		t.Fatalf("zenml login (device approved: %t): %v\n%s", approved, err, out.String())
	}
	return out.String()
}
