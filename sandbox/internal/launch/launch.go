// Package launch starts a sandbox and waits until it is ready.
package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/supervisor"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/teardown"
)

// Up ensures that the sandbox is running and returns its record. say receives
// lines of progress. It leaves a running sandbox unchanged, and removes the
// leftovers of a stopped one first. A sandbox that fails to start is removed
// unless retain is set.
func Up(ctx context.Context, options supervisor.Options, retain bool, say func(string)) (*state.Record, error) {
	dir := options.Dir
	lock, err := state.TryLock(dir.NameLock())
	if errors.Is(err, state.ErrLocked) {
		say("waiting for another command on sandbox " + dir.Name)
		lock, err = state.WaitLock(ctx, dir.NameLock())
	}
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	record, err := state.Current(dir)
	if err == nil && record.State == state.Running {
		return record, fits(record, options)
	}
	if dir.Exists() {
		say("removing leftovers of a previous sandbox " + dir.Name)
		if err := teardown.Down(ctx, dir); err != nil {
			return nil, err
		}
	}
	if err := start(ctx, options, say); err != nil {
		return nil, cleanUp(ctx, err, dir, retain, say)
	}
	return state.Read(dir)
}

// fits returns an error if a running sandbox differs from the options.
func fits(record *state.Record, options supervisor.Options) error {
	if options.Nodes != "" && record.Nodes.Kind != options.Nodes {
		return fmt.Errorf(
			"sandbox %s is up with %s nodes: remove it first (sandbox down --name NAME) or use another --name",
			record.Name,
			record.Nodes.Kind,
		)
	}
	return nil
}

// cleanUp removes a sandbox that failed to start, even after an interrupt.
func cleanUp(ctx context.Context, err error, dir state.Dir, retain bool, say func(string)) error {
	if retain {
		return fmt.Errorf("%w\nkept for inspection: %s", err, dir.Path())
	}
	say("removing the failed sandbox")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return errors.Join(err, teardown.Down(ctx, dir))
}

func start(ctx context.Context, options supervisor.Options, say func(string)) error {
	if err := options.Dir.Create(); err != nil {
		return err
	}
	progress, err := spawn(options)
	if err != nil {
		return err
	}
	defer func() { _ = progress.Close() }()
	result := make(chan error, 1)
	go func() { result <- follow(progress, say) }()
	select {
	case err = <-result:
	case <-ctx.Done():
		return fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	if errors.Is(err, errVanished) {
		path := options.Dir.Log(supervisor.Command)
		return fmt.Errorf("%w; the end of its log %s:\n%s", err, path, process.Tail(path, 15))
	}
	return err
}

var errVanished = errors.New("the supervisor ended without a message")

// Executable returns the path of the running binary.
func Executable() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the sandbox's own binary: %w", err)
	}
	return path, nil
}
