package wizard

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// Goal is what the user wants from the guided install. It decides which action is
// offered first; the others stay possible.
type Goal int

// The goals.
const (
	ToInstall Goal = iota
	ToCheck
	ToWrite
)

// StartingPoint is where the answers of a guided install come from, as people read it.
type StartingPoint string

// The starting points of the answers, besides the settings of a release.
const (
	FromDefaults StartingPoint = "the defaults"
	FromSaved    StartingPoint = "your saved answers"
	FromFile     StartingPoint = "the answers file"
	FromCommand  StartingPoint = "the answers of the command line"
)

// Beginning is a way to begin the guided install.
type Beginning struct {
	Key   string // a letter that chooses it
	Title string
	Help  string // one or two sentences, or empty
	Goal  Goal
	// TryOut asks only for the cluster.
	TryOut bool
	// Open asks for an answers file, and then for what it lacks.
	Open    bool
	answers map[string]string // that it begins with
}

// StepByStep is the key of the beginning that asks every question with its defaults.
const StepByStep = "s"

// Beginnings returns the ways to begin. Values is the name of the values file.
func Beginnings(values string) []Beginning {
	return []Beginning{
		{Key: "t", Title: "Try it out", Help: "SQLite, reached from this machine. About 2 minutes.", TryOut: true,
			answers: map[string]string{
				"database.type": answers.SQLiteDatabase, "expose.type": answers.PortForward,
				"secretsStore.sql.encryptionKey": question.GenerateKeyword,
			}},
		{Key: "p", Title: "Production",
			Help:    "MySQL and HTTPS. About 5 minutes; have the database login at hand.",
			answers: map[string]string{"database.type": answers.MySQLDatabase, "expose.type": answers.ByIngress}},
		{Key: StepByStep, Title: "Step by step",
			Help: "Every question, with the defaults."},
		{Key: "c", Title: "Check only", Help: "Run the preflight checks. Nothing is installed.", Goal: ToCheck},
		{Key: "w", Title: "Write values only", Help: "Write " + values + ". Nothing is installed.", Goal: ToWrite},
		{Key: "o", Title: "Open an answers file", Open: true},
	}
}

// Apply gives the answers that the beginning begins with. They can be changed.
func (b Beginning) Apply(r *question.Responses) {
	for key, value := range b.answers {
		r.Type(key, value)
	}
}

// volumeKey is the key of the question whether SQLite is kept on a volume.
const volumeKey = "database.sqlite.persistent"

// KeepOnVolume keeps a server that is tried out on a volume if the cluster creates one
// by default, and returns the reason for what it did.
func KeepOnVolume(r *question.Responses) string {
	q, applies := r.ByKey(volumeKey)
	switch {
	case !applies || r.Typed(volumeKey) == "false":
		return ""
	case r.CurrentChoice(q) != "true":
		return "SQLite is kept in the pod, because no default StorageClass was found. All data is lost when the pod " +
			"restarts."
	}
	r.Type(volumeKey, "true")
	return "SQLite is kept on a volume, because the cluster has a default StorageClass."
}
