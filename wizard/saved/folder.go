package saved

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Folder holds the unfinished installs, each in a file of its own, so that two
// installs never overwrite each other's answers. The zero value keeps nothing.
type Folder string

// Write saves the answers of the install into their cluster, namespace and
// release. See Run for what is left out.
func (d Folder) Write(a answers.Answers, step string) error {
	if d == "" {
		return nil
	}
	return write(d.file(a.Complete().Cluster), a, step)
}

// Remove deletes the answers of an install, if there are any.
func (d Folder) Remove(target answers.Cluster) error {
	if d == "" {
		return nil
	}
	if err := os.Remove(d.file(target)); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// List returns the unfinished installs that match the given parts of a target,
// the latest first.
func (d Folder) List(target answers.Cluster) []Run {
	files, err := filepath.Glob(filepath.Join(string(d), "*.yaml"))
	if err != nil || d == "" {
		return nil
	}
	var runs []Run
	for _, file := range files {
		if run := read(file); run != nil && run.matches(target) {
			runs = append(runs, *run)
		}
	}
	slices.SortStableFunc(runs, func(a, b Run) int { return b.At.Compare(a.At) })
	return runs
}

// Target returns the cluster, namespace and release of the install.
func (r Run) Target() answers.Cluster { return r.Answers.Complete().Cluster }

// String describes the install in a few words: "zenml-server in namespace zenml of
// kind: MySQL on db.example.com, Ingress".
func (r Run) String() string {
	at := r.Target()
	text := fmt.Sprintf("%s in namespace %s of %s", at.Release, at.Namespace, at.Context)
	if r.Answers.Database.Type == "" {
		return text
	}
	text += ": " + title("database.type", r.Answers)
	if host := r.Answers.Database.MySQL.Host; host != "" {
		text += " on " + host
	}
	if access := title("expose.type", r.Answers); access != "" {
		text += ", " + access
	}
	return text
}

// title returns the title of the option that was chosen, or "".
func title(key string, a answers.Answers) string {
	field, _ := answers.FieldByKey(key)
	for _, option := range field.Options {
		if option.Value == a.Get(key) {
			return option.Title
		}
	}
	return ""
}

func (r Run) matches(target answers.Cluster) bool {
	own := r.Target()
	for _, pair := range [][2]string{
		{target.Context, own.Context}, {target.Namespace, own.Namespace}, {target.Release, own.Release},
	} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return true
}

// notInFileNames matches the characters of a context's name that are not allowed
// in file names on some systems.
var notInFileNames = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// file returns the file of a target. A hash distinguishes names that differ only
// in characters that a file name cannot contain.
func (d Folder) file(target answers.Cluster) string {
	id := strings.Join([]string{target.Context, target.Namespace, target.Release}, "\n")
	name := notInFileNames.ReplaceAllString(target.Release+"_"+target.Namespace+"_"+target.Context, "-")
	const longest = 80
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(string(d), fmt.Sprintf("%.*s-%x.yaml", longest, name, sum[:4]))
}
