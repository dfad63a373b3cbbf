// Package database runs a sandbox's MySQL server: real MySQL or MariaDB as a
// separate process, or, if neither can run, go-mysql-server in memory in the
// supervisor.
package database

import (
	"crypto/rand"
	"fmt"
	"os"
)

// Names of the database and its user.
const (
	Name = "zenml"
	User = "zenml"
)

// Kinds of servers.
const (
	MySQL   = "mysql"
	MariaDB = "mariadb"
	Memory  = "memory"
)

// NewPassword generates a password and writes it to path, mode 0600.
func NewPassword(path string) (string, error) {
	password := rand.Text()
	if err := os.WriteFile(path, []byte(password), 0o600); err != nil {
		return "", fmt.Errorf("write database password: %w", err)
	}
	return password, nil
}
