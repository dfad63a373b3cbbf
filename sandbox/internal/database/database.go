// Package database runs the MySQL server of a sandbox: go-mysql-server, in this
// process and in memory. It speaks MySQL 8 and is no MySQL: rights are coarse.
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

// NewPassword makes a random password and writes it to path, mode 0600.
func NewPassword(path string) (string, error) {
	password := rand.Text()
	if err := os.WriteFile(path, []byte(password), 0o600); err != nil {
		return "", fmt.Errorf("write database password: %w", err)
	}
	return password, nil
}
