package nodeinit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// tunables are the machine-wide settings that a kubelet changes, with the
// values that it expects.
var tunables = map[string]string{
	"vm/overcommit_memory":      "1",
	"vm/panic_on_oom":           "0",
	"kernel/panic":              "10",
	"kernel/panic_on_oops":      "1",
	"kernel/keys/root_maxkeys":  "1000000",
	"kernel/keys/root_maxbytes": "25000000",
}

// shieldTunables mounts files with the expected values over those settings, so
// that the kubelet does not change the machine's. It requires an empty /run.
func shieldTunables() error {
	for name, value := range tunables {
		cover, target := filepath.Join("/run/tunables", name), filepath.Join("/proc/sys", name)
		if err := os.MkdirAll(filepath.Dir(cover), 0o700); err != nil {
			return fmt.Errorf("shield %s: %w", target, err)
		}
		if err := os.WriteFile(cover, []byte(value+"\n"), 0o600); err != nil {
			return fmt.Errorf("shield %s: %w", target, err)
		}
		if err := unix.Mount(cover, target, "", unix.MS_BIND, ""); err != nil && !errors.Is(err, unix.ENOENT) {
			return fmt.Errorf("shield %s: %w", target, err)
		}
	}
	return nil
}
