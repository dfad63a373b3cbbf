package cmd

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/importer"
)

// removal is what an uninstall removes and keeps.
type removal struct {
	install.Remains
	setup      *setup
	deleteKeys bool
	left       []leftover // what was installed besides the server
}

// leftover is something that is kept, and the command that removes it.
type leftover struct{ what, command string }

// removedItems lists what will be removed.
func (r *removal) removedItems() []string {
	var all []string
	if r.Release != nil {
		all = append(all, fmt.Sprintf("release %s in namespace %s (%s %s, %s)",
			r.Release.Name, r.Release.Namespace, r.Release.Chart, r.Release.ChartVersion, r.Release.Status))
		if r.database().Type == answers.SQLiteDatabase && len(r.Claims) == 0 {
			all = append(all, "its SQLite database, which is in the pod and not on a volume")
		}
	}
	if r.Lock != nil {
		all = append(all, fmt.Sprintf("the lock of the run of %s, if that run was killed", r.Lock))
	}
	for _, s := range r.Secrets {
		if r.deleteKeys || !slices.Contains(r.Keys, s) {
			all = append(all, s.String()+r.keyNote(s))
		}
	}
	return all
}

func (r *removal) keyNote(s event.Object) string {
	if slices.Contains(r.Keys, s) {
		return ", with the key that decrypts the server's secrets in the database"
	}
	return ""
}

// keptItems lists what will be kept.
func (r *removal) keptItems() []leftover {
	var all []leftover
	if m := r.database(); m.Type == answers.MySQLDatabase {
		all = append(all, r.keptDatabase(m.MySQL))
	}
	for _, c := range r.Claims {
		all = append(all, leftover{c.String() + ", with the data on its volume",
			r.setup.kubectl("delete", "persistentvolumeclaim", c.Name)})
	}
	for _, s := range r.Certificates {
		all = append(all, leftover{s.String() + ", with the certificate that cert-manager issued",
			r.setup.kubectl("delete", "secret", s.Name)})
	}
	for _, s := range r.Keys {
		if !r.deleteKeys {
			all = append(all, leftover{s.String() + r.keyNote(s), r.setup.kubectl("delete", "secret", s.Name)})
		}
	}
	return append(all, r.left...)
}

// database returns the database of the release, from its values.
func (r *removal) database() answers.Database {
	if r.Release == nil {
		return answers.Database{}
	}
	return importer.Import(r.Release.Values,
		chartinfo.Info{Name: r.Release.Chart, Version: r.Release.ChartVersion}).Answers.Database
}

func (r *removal) keptDatabase(m answers.MySQL) leftover {
	if m.Host == "" || m.Name == "" {
		return leftover{what: "the MySQL database in database.url of the release's values"}
	}
	host := m.Host
	if m.Port != 0 {
		host = net.JoinHostPort(m.Host, strconv.Itoa(m.Port))
	}
	return leftover{fmt.Sprintf("database %s on %s", m.Name, host), "DROP DATABASE `" + m.Name + "`;"}
}

// announce prints what will be removed and kept.
func (r *removal) announce(w io.Writer, at kube.Context) {
	if r.Release == nil && len(r.Secrets) > 0 {
		fmt.Fprintf(w, "Release %s in namespace %s does not exist, but Secrets that the installer created for "+
			"it remain.\n", r.setup.answers.Cluster.Release, r.setup.answers.Cluster.Namespace)
	}
	fmt.Fprintf(w, "Removing from context %s (%s):\n", at.Name, at.Server)
	for _, what := range r.removedItems() {
		fmt.Fprintln(w, indented(w, what))
	}
	r.printKept(w, "Keeping (with the command to remove it):")
}

// printKept lists what is kept, below a title.
func (r *removal) printKept(w io.Writer, title string) {
	stays := r.keptItems()
	if len(stays) == 0 {
		return
	}
	fmt.Fprintln(w, title)
	for _, l := range stays {
		fmt.Fprintln(w, indented(w, l.what))
		if l.command != "" {
			fmt.Fprintf(w, "      %s\n", l.command)
		}
	}
}

// nothingToRemove succeeds if a previous uninstall has removed the release, which
// the remaining keys and volumes show. Otherwise the release was never there.
func (r *removal) nothingToRemove(ctx context.Context, w io.Writer) error {
	if len(r.keptItems()) == len(r.left) {
		return r.setup.notFoundError(ctx, r.Others, "nothing was removed")
	}
	at := r.setup.answers.Cluster
	fmt.Fprintf(w, "Release %s in namespace %s is uninstalled already. Nothing was removed.\n", at.Release, at.Namespace)
	r.printKept(w, "A previous uninstall kept (with the command to remove it):")
	if len(r.Keys) > 0 {
		fmt.Fprintf(w, "Remove the generated keys, after the data that they encrypt, with:\n  %s\n",
			r.setup.ownCommand("uninstall", "--delete-keys"))
	}
	return nil
}
