package standin

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// serverSettings is the row with the server's settings.
type serverSettings struct {
	id        string
	name      string
	active    bool
	analytics bool
}

// account is a user of the server.
type account struct {
	id      string
	name    string
	hash    []byte
	isAdmin bool
}

// activation is the body of PUT /api/v1/activate; every field may be missing.
type activation struct {
	ServerName           *string `json:"server_name"`
	LogoURL              *string `json:"logo_url"`
	EnableAnalytics      *bool   `json:"enable_analytics"`
	DisplayAnnouncements *bool   `json:"display_announcements"`
	DisplayUpdates       *bool   `json:"display_updates"`
	AdminUsername        *string `json:"admin_username"`
	AdminPassword        *string `json:"admin_password"`
}

var (
	errAlreadyActive = errors.New("the server is already active")
	errNoAccount     = errors.New("no such user")
)

// ensureSettings creates the initial rows: the server's settings and the
// default project. If replicas start concurrently, one insert succeeds, and the
// others read its row.
func (s *store) ensureSettings(ctx context.Context, env Env) error {
	_, err := s.settings(ctx)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	analytics, err := env.truth("ZENML_ANALYTICS_OPT_IN", true)
	if err != nil {
		return err
	}
	if err := s.insertFirst(ctx, "server_settings", "id, server_name, active, enable_analytics", newID(), "", false, analytics); err != nil {
		_, err = s.settings(ctx)
		return err
	}
	return s.insertFirst(ctx, "project", "id, name", newID(), env.or("ZENML_DEFAULT_PROJECT_NAME", "default"))
}

// insertFirst inserts a row into an empty table.
func (s *store) insertFirst(ctx context.Context, table, columns string, values ...any) error {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	_, err := s.db.ExecContext(ctx, "INSERT INTO "+table+" ("+columns+") SELECT "+marks+
		" FROM (SELECT COUNT(*) AS n FROM "+table+") AS there WHERE n = 0", values...)
	return s.explain(err)
}

func (s *store) settings(ctx context.Context) (serverSettings, error) {
	var row serverSettings
	err := s.db.QueryRowContext(ctx, "SELECT id, server_name, active, enable_analytics FROM server_settings").
		Scan(&row.id, &row.name, &row.active, &row.analytics)
	return row, s.explain(err)
}

// activate activates an inactive server and creates the admin if both name and
// password are given; otherwise the server has no admin. It works once.
func (s *store) activate(ctx context.Context, a activation) (*account, error) {
	var admin *account
	if a.AdminUsername != nil && a.AdminPassword != nil {
		made, err := newAccount(*a.AdminUsername, *a.AdminPassword)
		if err != nil {
			return nil, err
		}
		admin = made
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, s.explain(err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.turnActive(ctx, tx, a); err != nil {
		return nil, err
	}
	if admin != nil {
		_, err := tx.ExecContext(
			ctx,
			"INSERT INTO `user` (id, name, password, is_admin) VALUES (?, ?, ?, ?)",
			admin.id,
			admin.name,
			string(admin.hash),
			true,
		)
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return admin, s.explain(tx.Commit())
}

// turnActive activates the settings row if it is inactive; of two concurrent
// requests one fails.
func (s *store) turnActive(ctx context.Context, tx *sql.Tx, a activation) error {
	result, err := tx.ExecContext(
		ctx,
		`UPDATE server_settings SET active = ?, server_name = COALESCE(?, server_name), logo_url = COALESCE(?, logo_url),
		enable_analytics = COALESCE(?, enable_analytics) WHERE active = ?`,
		true,
		a.ServerName,
		a.LogoURL,
		a.EnableAnalytics,
		false,
	)
	if err != nil {
		return s.explain(err)
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return s.explain(err)
	}
	if changed == 0 {
		return errAlreadyActive
	}
	return nil
}

// accountBy returns a user by name or id, or errNoAccount.
func (s *store) accountBy(ctx context.Context, column, value string) (*account, error) {
	if column != "id" && column != "name" {
		return nil, fmt.Errorf("users cannot be looked up by %q", column)
	}
	var a account
	err := s.db.QueryRowContext(ctx, "SELECT id, name, password, is_admin FROM `user` WHERE "+column+" = ?", value).
		Scan(&a.id, &a.name, &a.hash, &a.isAdmin)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoAccount
	}
	return &a, s.explain(err)
}

func newAccount(name, password string) (*account, error) {
	hash, err := bcrypt.GenerateFromPassword(bcryptInput(password), bcrypt.DefaultCost)
	if err != nil {
		return nil, fmt.Errorf("password cannot be hashed: %w", err)
	}
	return &account{id: newID(), name: name, hash: hash, isAdmin: true}, nil
}

// accepts reports whether the password matches the account's.
func (a *account) accepts(password string) bool {
	return bcrypt.CompareHashAndPassword(a.hash, bcryptInput(password)) == nil
}

// bcryptInput truncates a password to bcrypt's limit of 72 bytes.
func bcryptInput(password string) []byte {
	return []byte(password)[:min(len(password), 72)]
}

// newID returns a random UUID (version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
