package question

import (
	"net/url"
	"strings"
)

// urlPart is an answer that a database URL contains.
type urlPart struct {
	key  string
	from func(*url.URL) string
}

var urlParts = []urlPart{
	{"database.mysql.host", (*url.URL).Hostname},
	{"database.mysql.port", (*url.URL).Port},
	{"database.mysql.name", func(u *url.URL) string { return strings.TrimPrefix(u.Path, "/") }},
	{"database.mysql.user", func(u *url.URL) string { return u.User.Username() }},
	{"database.mysql.password", passwordOf},
}

// passwordOf returns the password as it is typed: one that looks like a source is
// marked as the secret itself.
func passwordOf(u *url.URL) string {
	password, _ := u.User.Password()
	if kind, _, found := strings.Cut(password, ":"); found && shortForms[kind] != "" {
		return LiteralPrefix + password
	}
	return password
}

// urlHint is added to the help of the first question that takes a URL. In a file
// its answer is a host name only.
const urlHint = " Or paste a URL: mysql://user:password@host:3306/zenml."

// FillFromURL answers the questions about a MySQL server from a URL that was given
// as the answer to one of them: mysql://user:password@host:port/database. Parts
// that it lacks keep their answers. It returns the keys of the answers, none if text
// is no such URL, and a sentence about the parameters that are not used. Files that
// it names become answers too, but are not among the keys, because whether they can
// be read is checked when they are asked for.
func (s *Responses) FillFromURL(key, text string) (filled []string, unused string) {
	u := parseDatabaseURL(text)
	if u == nil {
		return nil, ""
	}
	values := map[string]string{}
	for _, part := range urlParts {
		values[part.key] = part.from(u)
	}
	if _, ok := values[key]; !ok {
		return nil, ""
	}
	for _, part := range urlParts {
		if value := values[part.key]; value != "" {
			s.Type(part.key, value)
			filled = append(filled, part.key)
		}
	}
	tls := readTLSParameters(u.Query())
	if tls.mode != "" {
		s.Type(tlsModeKey, tls.mode)
		filled = append(filled, tlsModeKey)
	}
	for key, path := range tls.files {
		s.Type(key, "file:"+path)
	}
	return filled, describeUnused(tls.unused)
}

// parseDatabaseURL returns the URL of a MySQL server, or nil if text is none.
func parseDatabaseURL(text string) *url.URL {
	scheme, _, found := strings.Cut(text, "://")
	if !found || scheme != "mysql" && !strings.HasPrefix(scheme, "mysql+") {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	return u
}

// describeUnused names the parameters of a URL that no question asks for.
func describeUnused(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "The parameter " + names[0] + " of the URL is not used."
	}
	return "These parameters of the URL are not used: " + strings.Join(names, ", ") + "."
}
