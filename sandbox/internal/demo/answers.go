package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// offer writes answers with the sandbox's MySQL, which the wizard offers as a
// choice, and returns the file's name. The file references the password.
func offer(dir string, db *state.Database) (string, error) {
	name := filepath.Join(dir, "mysql.answers.yaml")
	text := fmt.Sprintf(`# the sandbox's MySQL
# A MySQL server that the sandbox has started: %s:%d.
version: 1
database:
  type: mysql
  mysql: {host: "%s", port: %d, name: %s, user: %s, password: {file: "%s"}}
`, db.Host, db.Port, db.Host, db.Port, db.Name, db.User, db.PasswordFile)
	return name, state.WriteFile(name, []byte(text), 0o600)
}

// given contains the relevant part of an answers file.
type given struct {
	Database struct {
		Type  string `yaml:"type"`
		MySQL struct {
			TLS struct {
				Mode string `yaml:"mode"`
			} `yaml:"tls"`
		} `yaml:"mysql"`
	} `yaml:"database"`
	Admin struct {
		Activate string `yaml:"activate"`
	} `yaml:"admin"`
}

// overrides returns the answers that adapt an answers file to the sandbox, and
// a sentence about each.
func overrides(file string, record *state.Record) (flags, said []string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	var g given
	if err := yaml.Unmarshal(data, &g); err != nil {
		return nil, nil, nil // the installer reports the error with its line
	}
	if db := record.Database; g.Database.Type == "mysql" && db != nil {
		said = append(
			said,
			fmt.Sprintf(
				"database.mysql: uses the sandbox's MySQL at %s:%d instead of the file's server",
				db.Host,
				db.Port,
			),
		)
		flags = append(flags,
			"--answer", "database.mysql.host="+db.Host,
			"--answer", "database.mysql.port="+strconv.Itoa(db.Port),
			"--answer", "database.mysql.name="+db.Name,
			"--answer", "database.mysql.user="+db.User,
			"--answer", "database.mysql.password=file:"+db.PasswordFile)
		if mode := g.Database.MySQL.TLS.Mode; mode == "verify-ca" || mode == "verify-full" {
			flags = append(flags, "--answer", "database.mysql.tls.ca=file:"+db.CAFile)
		}
	}
	if g.Admin.Activate == "" {
		said = append(
			said,
			fmt.Sprintf(
				"admin: activates the server with user admin and the password in $%s instead of a browser",
				adminPassword,
			),
		)
		flags = append(flags, "--answer", "admin.activate=auto", "--answer", "admin.password=env:"+adminPassword)
	}
	return flags, said, nil
}
