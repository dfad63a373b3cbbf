package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrLocked means that another process holds the lock.
var ErrLocked = errors.New("locked by another process")

// Lock is an advisory file lock. The kernel releases it when its holder dies.
type Lock struct{ file *os.File }

// TryLock acquires the lock on path without waiting, or returns ErrLocked.
func TryLock(path string) (*Lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil && isSame(file, path) {
		return &Lock{file: file}, nil
	}
	_ = file.Close()
	if err == nil || errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrLocked
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// WaitLock acquires the lock on path and waits for its holder until ctx is
// done.
func WaitLock(ctx context.Context, path string) (*Lock, error) {
	for {
		lock, err := TryLock(path)
		if !errors.Is(err, ErrLocked) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for lock %s: %w", path, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Note replaces the content of the lock's file.
func (l *Lock) Note(text string) error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(text), 0); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	return nil
}

// Unlock releases the lock and keeps its file.
func (l *Lock) Unlock() { _ = l.file.Close() }

// Remove deletes the lock's file while the lock is held, then releases it.
func (l *Lock) Remove() error {
	err := os.Remove(l.file.Name())
	l.Unlock()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove lock: %w", err)
	}
	return nil
}

// isSame reports whether path is still the opened file: a lock on a removed
// file protects nothing.
func isSame(file *os.File, path string) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(opened, named)
}

// NameLock returns the path of the lock that up and down acquire.
func (d Dir) NameLock() string { return filepath.Join(d.Root, "."+d.Name+".lock") }

// LifeLock returns the path of the lock that the supervisor holds while it is
// running.
func (d Dir) LifeLock() string { return d.Join("supervisor.lock") }

// Alive reports whether the sandbox's supervisor is running. It briefly takes a
// shared lock, so that concurrent calls do not mistake each other for the
// supervisor.
func (d Dir) Alive() bool {
	file, err := os.Open(d.LifeLock())
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	return errors.Is(syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
