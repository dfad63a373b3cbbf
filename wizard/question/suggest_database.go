package question

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// DatabaseNameKey is the key of the question about the database's name.
const DatabaseNameKey = "database.mysql.name"

// managedDatabase is a cloud's MySQL, which is recognized by the end of its host name.
type managedDatabase struct{ suffix, mode, reason string }

var managedDatabases = []managedDatabase{
	{".rds.amazonaws.com", answers.TLSVerifyFull, "Suggested for Amazon RDS, whose CA certificates " +
		"are at https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem."},
	{".mysql.database.azure.com", answers.TLSVerifyFull, "Suggested for Azure Database for MySQL, whose " +
		"CA is DigiCert Global Root G2."},
	{".sql.goog", answers.TLSVerifyCA, "Suggested for Cloud SQL. The instance has a server CA certificate to download."},
}

// suggestTLS returns the TLS mode for the host: that of its cloud, and encryption for
// any other that is not in the cluster or in a private network. What the server offers
// takes precedence, once it is known.
func (s *Responses) suggestTLS() (mode, reason string) {
	host := strings.ToLower(strings.TrimSuffix(s.Complete().Database.MySQL.Host, "."))
	for _, m := range managedDatabases {
		if strings.HasSuffix(host, m.suffix) {
			return m.mode, m.reason
		}
	}
	offered := s.offered[tlsModeKey]
	switch {
	case len(offered) > 0 && offered[0].Value == answers.TLSOff, host == "":
		return "", ""
	case len(offered) > 0:
		return answers.TLSRequire, "Suggested, because the database server offers it."
	case isNearby(host):
		return "", ""
	}
	return answers.TLSRequire, "Suggested, because the host is outside the cluster."
}

// isNearby reports whether a host is this machine, in the cluster or in a private
// network.
func isNearby(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || slices.ContainsFunc([]string{".svc", ".cluster.local", ".localhost"},
		func(suffix string) bool { return strings.HasSuffix(host, suffix) })
}

// SetOffered sets what the database server offers, by key.
func (s *Responses) SetOffered(offered map[string][]answers.Option) { s.offered = offered }

// foundAt returns the options that were found in the cluster or at the database server.
func (s *Responses) foundAt(key string) []answers.Option {
	if offered := s.offered[key]; len(offered) > 0 {
		return offered
	}
	return s.found[key]
}

// FindsDatabase reports whether the database server can be asked what it offers after
// the answer to key: after its address for TLS, and with a login before the question
// about its databases.
func (s *Responses) FindsDatabase(key string) (logIn, ok bool) {
	if s.Complete().Database.MySQL.Host == "" {
		return false, false
	}
	logIn = s.after(answers.StepDatabase, key) == DatabaseNameKey
	return logIn, logIn || key == urlParts[0].key || key == urlParts[1].key
}

// after returns the key of the question after that with a key, or "" if it is the last
// of its step.
func (s *Responses) after(step answers.Step, key string) string {
	questions := s.Questions(step)
	for i, q := range questions[:max(len(questions)-1, 0)] {
		if q.Key == key {
			return questions[i+1].Key
		}
	}
	return ""
}

// DatabaseOptions returns what SetOffered takes about a database server: whether it
// offers TLS, if it was reached, and the databases that it has. The name of the answers
// is the first, because the installer must not choose a database of another program.
func DatabaseOptions(a answers.Answers, reached, tls bool, names []string) map[string][]answers.Option {
	found := map[string][]answers.Option{}
	switch {
	case !reached:
		return found
	case tls:
		found[tlsModeKey] = []answers.Option{{Value: answers.TLSRequire}}
	default:
		found[tlsModeKey] = []answers.Option{{Value: answers.TLSOff}}
	}
	if len(names) == 0 {
		return found
	}
	first := answers.Option{Value: a.Complete().Database.MySQL.Name, Help: "Is created if the user can create it."}
	if slices.Contains(names, first.Value) {
		first.Help = "Exists."
	}
	first.Title = first.Value
	options := []answers.Option{first}
	for _, name := range names {
		if name != first.Value && isDatabaseName(name) {
			options = append(options, answers.Option{Value: name, Title: name, Help: "Exists."})
		}
	}
	found[DatabaseNameKey] = options
	return found
}

// isDatabaseName reports whether ZenML supports a database name.
func isDatabaseName(name string) bool {
	f, _ := answers.FieldByKey(DatabaseNameKey)
	problem, _ := f.Check(name)
	return problem == ""
}
