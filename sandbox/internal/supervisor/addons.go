package supervisor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// AddonHTTPS is the name of the add-on with cert-manager, an ACME server and an
// ingress controller. It is a separate module with its own build.
const AddonHTTPS = "https"

// AddonFolder returns the folder of a built add-on, next to the sandbox's
// binary.
func AddonFolder(executable, name string) string {
	return filepath.Join(filepath.Dir(executable), name)
}

// installAddons runs the add-on's installer and records its result.
func (s *Supervisor) installAddons(ctx context.Context) error {
	if !s.options.HTTPS {
		return nil
	}
	folder, logFile := AddonFolder(s.options.Executable, AddonHTTPS), s.options.Dir.Log(AddonHTTPS)
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.CommandContext(ctx, filepath.Join(folder, AddonHTTPS), "up", //nolint:gosec // built with the sandbox
		"--parts="+folder,
		"--kubeconfig="+s.options.Dir.Kubeconfig(),
		"--registry="+s.record.Registry.Address,
		"--node-address="+s.record.Network.NodeAddress,
		"--acme-address="+network.ACMEIP,
		"--state-dir="+s.options.Dir.Path(),
	)
	cmd.Stderr = log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it then reports what it was waiting for
	cmd.WaitDelay = 5 * time.Second
	answer, err := cmd.Output()
	if err != nil {
		return fmt.Errorf(
			"the add-on %s failed (%w); the end of its log %s:\n%s",
			AddonHTTPS,
			err,
			logFile,
			process.Tail(logFile, 15),
		)
	}
	https := &state.HTTPS{}
	if err := json.Unmarshal(answer, https); err != nil {
		return fmt.Errorf("read the report of the add-on %s: %w", AddonHTTPS, err)
	}
	return s.update(func(r *state.Record) { r.HTTPS = https })
}
