package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/checks/cluster"
	"github.com/zenml-installer/zenml-installer/checks/secrets"
)

// exports writes what an administrator needs to grant the permissions that the
// checks require.
type exports struct {
	rbac, policy string
}

func (e *exports) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&e.rbac, "emit-rbac", "",
		"write the Role that the install needs to this file (- prints it and skips the checks)")
	cmd.Flags().StringVar(&e.policy, "emit-policy", "",
		"write the policies that the secrets stores need into this folder (- prints them and skips the checks)")
}

// run writes the requested files. done means that the checks are skipped.
func (e exports) run(ctx context.Context, s Streams, u *setup) (done bool, err error) {
	if e.rbac != "" {
		content, err := cluster.RBAC(ctx, u.checksEnv(0))
		if err != nil {
			return false, err
		}
		if err := export(s, e.rbac, content); err != nil {
			return false, err
		}
	}
	if e.policy != "" {
		if err := exportPolicies(s, e.policy, u); err != nil {
			return false, err
		}
	}
	return e.rbac == "-" || e.policy == "-", nil
}

// exportPolicies writes each policy to a file in a folder, or prints them. How
// to apply them goes to stderr.
func exportPolicies(s Streams, dir string, u *setup) error {
	found, err := secrets.Policies(u.answers)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return usagef("the secrets stores in the answers need no policy")
	}
	for _, p := range found {
		path := dir
		if dir != "-" {
			path = filepath.Join(dir, p.Name)
		}
		if err := export(s, path, p.Content); err != nil {
			return err
		}
		fmt.Fprintf(s.Err, "%s: %s, apply it with: %s\n", p.Store, p.Name, p.Apply)
	}
	return nil
}

func export(s Streams, path string, content []byte) error {
	if path == "-" {
		_, err := s.Out.Write(content)
		return err
	}
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := os.OpenFile(path, flags, 0o644) //nolint:gosec // it contains no secret and is shared with others
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s already exists: specify another file", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
