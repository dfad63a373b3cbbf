package cmd

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/importer"
)

// removal is what an uninstall takes away and what it leaves.
type removal struct {
	install.Remains
	setup      *setup
	deleteKeys bool
}

// left is something that stays, and the command that removes it.
type leftover struct{ what, command string }

// goes names what will be removed.
func (r *removal) removedItems() []string {
	var all []string
	if r.Release != nil {
		all = append(all, fmt.Sprintf("release %s in namespace %s (%s %s, %s)",
			r.Release.Name, r.Release.Namespace, r.Release.Chart, r.Release.ChartVersion, r.Release.Status))
		if r.database().Type == answers.SQLiteDatabase && len(r.Claims) == 0 {
			all = append(all, "its SQLite database, which lies in the pod and on no volume")
		}
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
		return ", with the key without which the server's secrets in the database cannot be read"
	}
	return ""
}

// stays names what will be left.
func (r *removal) keptItems() []leftover {
	var all []leftover
	if m := r.database(); m.Type == answers.MySQLDatabase {
		all = append(all, r.keptDatabase(m.MySQL))
	}
	for _, c := range r.Claims {
		all = append(all, leftover{c.String() + ", with the data on its volume", r.setup.kubectl("delete", "persistentvolumeclaim", c.Name)})
	}
	for _, s := range r.Keys {
		if !r.deleteKeys {
			all = append(all, leftover{s.String() + r.keyNote(s), r.setup.kubectl("delete", "secret", s.Name)})
		}
	}
	return all
}

// database is where the release keeps its data, by its values.
func (r *removal) database() answers.Database {
	if r.Release == nil {
		return answers.Database{}
	}
	return importer.Import(r.Release.Values, chartinfo.Info{Name: r.Release.Chart, Version: r.Release.ChartVersion}).Answers.Database
}

func (r *removal) keptDatabase(m answers.MySQL) leftover {
	if m.Host == "" || m.Name == "" {
		return leftover{what: "the MySQL database that database.url of the release's values names"}
	}
	host := m.Host
	if m.Port != 0 {
		host = net.JoinHostPort(m.Host, strconv.Itoa(m.Port))
	}
	return leftover{fmt.Sprintf("database %s on %s", m.Name, host), "DROP DATABASE `" + m.Name + "`;"}
}

// announce says what goes and what stays, before anything does.
func (r *removal) announce(w io.Writer, at kube.Context) {
	if r.Release == nil {
		fmt.Fprintf(w, "There is no release %s in namespace %s any more, but Secrets that the installer made for it are left.\n", r.setup.answers.Cluster.Release, r.setup.answers.Cluster.Namespace)
	}
	fmt.Fprintf(w, "This will be removed from context %s (%s):\n", at.Name, at.Server)
	for _, what := range r.removedItems() {
		fmt.Fprintf(w, "  %s\n", what)
	}
	stays := r.keptItems()
	if len(stays) == 0 {
		return
	}
	fmt.Fprintln(w, "This stays, and is removed by:")
	for _, l := range stays {
		fmt.Fprintf(w, "  %s\n", l.what)
		if l.command != "" {
			fmt.Fprintf(w, "      %s\n", l.command)
		}
	}
}

// nothing is the error for a release that is not there. Nothing is removed
// then, and what an earlier uninstall has left is named.
func (r *removal) notFoundError() error {
	at := r.setup.answers.Cluster
	text := fmt.Sprintf("there is no release %s in namespace %s, so nothing was removed", at.Release, at.Namespace)
	if len(r.Others) > 0 {
		text += "; there are: " + strings.Join(r.Others, ", ") + " (name one with --release)"
	} else {
		text += "; the namespace has no other (name another with -n; helm list -A shows all)"
	}
	if stays := r.keptItems(); len(stays) > 0 {
		text += "\nan earlier uninstall has left, and this removes it:"
		for _, l := range stays {
			text += "\n  " + l.what + "\n      " + l.command
		}
	}
	return fmt.Errorf("%s", text)
}
