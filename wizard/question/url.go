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

// FillFromURL answers the questions about a MySQL server from a URL that was given
// as the answer to one of them: mysql://user:password@host:port/database. Parts
// that it lacks keep their answers. It returns the keys of the answers, none if text
// is no such URL.
func (s *Responses) FillFromURL(key, text string) []string {
	scheme, _, found := strings.Cut(text, "://")
	if !found || scheme != "mysql" && !strings.HasPrefix(scheme, "mysql+") {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	values := map[string]string{}
	for _, part := range urlParts {
		values[part.key] = part.from(u)
	}
	if _, ok := values[key]; !ok {
		return nil
	}
	var filled []string
	for _, part := range urlParts {
		if value := values[part.key]; value != "" {
			s.Type(part.key, value)
			filled = append(filled, part.key)
		}
	}
	return filled
}
