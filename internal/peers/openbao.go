package peers

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// Vault is a running OpenBao, unsealed, with a KV version 2 engine at secret.
type Vault struct {
	Address string
	Root    *api.Client // with all permissions
	CA      string      // PEM, signs its certificate; empty without TLS
}

// VaultOptions configure the Vault of a test.
type VaultOptions struct {
	TLS  bool   // with a certificate of its own CA
	Host string // where it listens; loopback when empty
}

// StartVault starts OpenBao in development mode, which keeps everything in memory.
func StartVault(t testing.TB, o VaultOptions) *Vault {
	t.Helper()
	binary, home := testcache.Path(t, "openbao"), t.TempDir()
	host := cmp.Or(o.Host, loopback)
	address := host + ":" + freePort(t, host)
	const token = "root-of-the-test"
	args := []string{"server", "-dev", "-dev-no-store-token", "-dev-listen-address=" + address,
		"-dev-root-token-id=" + token}
	v := &Vault{Address: "http://" + address}
	config := api.DefaultConfig()
	if o.TLS {
		v.Address = "https://" + address
		args = append(args, "-dev-tls", "-dev-tls-cert-dir="+home)
	}
	run(t, address, []string{"HOME=" + home}, binary, args...)
	if o.TLS {
		authority := filepath.Join(home, "vault-ca.pem")
		v.CA = read(t, authority)
		check(t, config.ConfigureTLS(&api.TLSConfig{CACert: authority}))
	}
	config.Address = v.Address
	client, err := api.NewClient(config)
	check(t, err)
	client.SetToken(token)
	v.Root = client
	v.wait(t)
	return v
}

// wait waits until the engine at secret answers.
func (v *Vault) wait(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		_, err := v.Root.Logical().ReadWithContext(ctx, "secret/config")
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("OpenBao is not ready: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Write writes to a path as root.
func (v *Vault) Write(t testing.TB, path string, data map[string]any) *api.Secret {
	t.Helper()
	return v.WriteIn(t, "", path, data)
}

// WriteIn writes to a path of a namespace as root.
func (v *Vault) WriteIn(t testing.TB, namespace, path string, data map[string]any) *api.Secret {
	t.Helper()
	made, err := v.Root.WithNamespace(namespace).Logical().WriteWithContext(t.Context(), path, data)
	check(t, err)
	return made
}

// Keys lists the keys below a path.
func (v *Vault) Keys(t testing.TB, path string) []any {
	t.Helper()
	found, err := v.Root.Logical().ListWithContext(t.Context(), path)
	check(t, err)
	if found == nil {
		return nil
	}
	keys, _ := found.Data["keys"].([]any)
	return keys
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	check(t, err)
	return string(data)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
