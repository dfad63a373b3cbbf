package standin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// openSQLite opens or creates a database file and its folders.
func openSQLite(ctx context.Context, file string) (*store, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, osError(err)
	}
	dsn := url.URL{
		Scheme:   "file",
		Path:     file,
		RawQuery: "_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_txlock=immediate",
	}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, sqliteError(err)
	}
	db.SetMaxOpenConns(1)
	// A write lock verifies that the file is writable, without changing it.
	if err := tryWriteLock(ctx, db); err != nil {
		_ = db.Close()
		return nil, sqliteError(err)
	}
	return &store{kind: kindSQLite, db: db, name: file}, nil
}

func tryWriteLock(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return tx.Rollback()
}

func sqliteError(err error) error {
	return databaseError("sqlite3", "OperationalError", 0, err.Error(), err)
}

// osError converts a file system error to Python's.
func osError(err error) error {
	path := ""
	var failed *fs.PathError
	if errors.As(err, &failed) {
		path = failed.Path
	}
	class, text := "OSError", err.Error()
	var number syscall.Errno
	switch {
	case errors.Is(err, fs.ErrPermission):
		class, text = "PermissionError", "[Errno 13] Permission denied"
	case errors.Is(err, fs.ErrNotExist):
		class, text = "FileNotFoundError", "[Errno 2] No such file or directory"
	case errors.As(err, &number):
		text = fmt.Sprintf("[Errno %d] %s", int(number), number.Error())
	}
	if path != "" {
		text += ": " + pyRepr(path)
	}
	return &pyError{class: class, text: text, cause: err}
}
