package standin

import (
	"strconv"
	"strings"
)

// revision is one step of the schema. It is named after the version that added
// it, like the real server's release revisions.
type revision struct {
	name       string
	statements []string
}

// revisions are in order. The first creates the schema; later ones need the
// same privileges as real migrations: ALTER, INDEX, REFERENCES and DROP in
// addition to CREATE.
var revisions = []revision{
	{name: "0.50.0", statements: []string{
		"CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
		"CREATE TABLE server_settings (id CHAR(36) NOT NULL PRIMARY KEY, server_name VARCHAR(255) NOT NULL, active BOOLEAN NOT NULL, enable_analytics BOOLEAN NOT NULL, logo_url TEXT NULL)",
		"CREATE TABLE `user` (id CHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, password VARCHAR(255) NOT NULL, is_admin BOOLEAN NOT NULL, UNIQUE (name))",
		"CREATE TABLE project (id CHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, UNIQUE (name))",
		"CREATE TABLE stack (id CHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, user_id CHAR(36) NULL, CONSTRAINT fk_stack_user FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE SET NULL)",
		"CREATE TABLE run_template (id CHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL)",
	}},
	{name: "0.94.2", statements: []string{
		"ALTER TABLE server_settings ADD COLUMN display_announcements BOOLEAN NULL",
		"ALTER TABLE server_settings ADD COLUMN display_updates BOOLEAN NULL",
		"CREATE INDEX ix_stack_name ON stack (name)",
	}},
	{name: "0.98.0", statements: []string{
		"DROP TABLE run_template",
		"CREATE TABLE trigger_schedule (id CHAR(36) NOT NULL PRIMARY KEY, project_id CHAR(36) NOT NULL, CONSTRAINT fk_trigger_project FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE)",
	}},
}

// pending returns the revisions after from, up to the server's version; from is
// empty for an empty schema.
func pending(from, version string) []revision {
	var steps []revision
	for _, r := range revisions {
		if older(from, r.name) && !older(version, r.name) {
			steps = append(steps, r)
		}
	}
	return steps
}

// known reports whether a server of that version knows a revision: its own or
// that of an older release.
func known(at, version string) bool {
	return release(at) != nil && !older(version, at)
}

// older reports whether release a is before b. An empty or malformed release is
// before any other.
func older(a, b string) bool {
	x, y := release(a), release(b)
	for i := range 3 {
		if x == nil || y == nil {
			return x == nil && y != nil
		}
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

// release parses MAJOR.MINOR.PATCH and ignores what follows a - or +; nil for other text.
func release(version string) []int {
	core, _, _ := strings.Cut(version, "+")
	core, _, _ = strings.Cut(core, "-")
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return nil
	}
	numbers := make([]int, 3)
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil
		}
		numbers[i] = n
	}
	return numbers
}
