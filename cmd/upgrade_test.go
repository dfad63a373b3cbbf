package cmd

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// reviewBench is an install that something changes between its review and its work.
type reviewBench struct {
	*killBench
	database string
	output   string
}

func newReviewBench(t *testing.T) *reviewBench {
	t.Helper()
	b := &reviewBench{killBench: newKillBench(t, testcluster.Start(t))}
	for _, flag := range b.answers {
		if name, ok := strings.CutPrefix(flag, "database.mysql.name="); ok {
			b.database = name
		}
	}
	b.output = filepath.Join(b.dir, "custom-values.yaml")
	b.env["KUBECONFIG"] = b.proxy.Kubeconfig(t)
	return b
}

// args installs with the checks of the database.
func (b *reviewBench) args() []string {
	args := append([]string{"install", "-f", filepath.Join("..", "assets", "answers", "mysql.yaml"), "--yes",
		"-n", b.namespace, "--output", b.output}, append(b.answers, chartFlags(b.cluster, "current")...)...)
	for _, group := range []string{"cluster.admission", "database.in-cluster", "secrets", "expose", "network",
		"local"} {
		args = append(args, "--skip", group)
	}
	return args
}

// migrate does what a migration of another server does.
func (b *reviewBench) migrate() {
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", fmt.Sprintf("%s:%d", b.cluster.Database.Host, b.cluster.Database.Port)
	config.User, config.Passwd = b.cluster.Database.User, b.cluster.Database.Password.Reveal()
	connector, err := mysql.NewConnector(config)
	if err != nil {
		b.t.Error(err)
		return
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	for _, statement := range []string{
		"CREATE DATABASE %s",
		"CREATE TABLE %s.stack (id INT PRIMARY KEY)",
		"CREATE TABLE %s.alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
		"INSERT INTO %s.alembic_version VALUES ('0.70.0')",
	} {
		if _, err := db.ExecContext(b.t.Context(), fmt.Sprintf(statement, b.database)); err != nil {
			b.t.Error(err)
		}
	}
}

// replaceNamespace deletes the namespace and creates another one of its name.
func (b *reviewBench) replaceNamespace() {
	namespaces := b.cluster.Client(b.t).CoreV1().Namespaces()
	if err := namespaces.Delete(b.t.Context(), b.namespace, metav1.DeleteOptions{}); err != nil {
		b.t.Error(err)
	}
	made := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: b.namespace}}
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	err := poll.Until(ctx, 100*time.Millisecond, func() (bool, error) {
		_, err := namespaces.Create(ctx, made, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) || apierrors.IsConflict(err) {
			return false, nil // the old one is not gone yet
		}
		return true, err
	})
	if err != nil {
		b.t.Errorf("the namespace was not replaced: %v", err)
	}
}

// afterReview changes something once, between the review and the first write.
func (b *reviewBench) afterReview(change func()) {
	var once sync.Once
	b.proxy.After(func(*http.Request, int) {
		if _, err := os.Stat(b.output); err == nil {
			once.Do(change)
		}
	})
}

// wantNothingInstalled fails if a run has written anything but its lock.
func (b *reviewBench) wantNothingInstalled() {
	b.t.Helper()
	found, err := b.cluster.Client(b.t).CoreV1().Secrets(b.namespace).List(b.t.Context(), metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, s := range found.Items {
		b.t.Errorf("Secret %s was created", s.Name)
	}
}

func TestDatabaseChangedAfterReview(t *testing.T) {
	t.Parallel()
	b := newReviewBench(t)
	b.afterReview(b.migrate)
	b.runs(b.args()...).want(t, exitInstall,
		"the database has changed since the install was prepared: missing, on server version",
		"then, ZenML's schema at revision 0.70.0, 2 tables, on server version", "Run the same command again")
	b.wantNothingInstalled()
}

func TestNamespaceChangedAfterReview(t *testing.T) {
	t.Parallel()
	b := newReviewBench(t)
	b.afterReview(b.replaceNamespace)
	b.runs(b.args()...).want(t, exitInstall, "namespace "+b.namespace+
		" has changed since the install was prepared: existing then, deleted and created again now",
		"Run the same command again")
	b.wantNothingInstalled()
}

// TestGuidedReviewIsOutdated changes the database while the user reads the review. The
// screens then offer to review again.
func TestGuidedReviewIsOutdated(t *testing.T) {
	t.Parallel()
	b := newReviewBench(t)
	e := b.guidedEngine(b.args()[1:]...)
	start := e.file.Answers
	if _, err := e.Preflight(t.Context(), start, true, nil); err != nil {
		t.Fatal(err)
	}
	plan, err := e.Prepare(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(plan.Review().Sentences, "\n"); !strings.Contains(said,
		"Let the server create database "+b.database+" on ") ||
		!strings.Contains(said, "which does not exist yet (server version") || !strings.Contains(said, "which exists") {
		t.Errorf("the review says:\n%s", said)
	}
	b.migrate()
	if _, err := plan.Install(t.Context(), nil); err == nil || !narrate.Explain(err).Outdated {
		t.Errorf("the install ended with %v", err)
	}
	b.wantNothingInstalled()
}
