package database

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// urlParameters are the only query parameters of a database URL that the server
// accepts.
var urlParameters = []string{"ssl", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_server_cert"}

// rawURL returns the database URL in the raw chart values and its key.
func rawURL(values map[string]any) (key, address string) {
	for _, root := range []string{"server", "zenml"} {
		settings, _ := values[root].(map[string]any)
		database, _ := settings["database"].(map[string]any)
		if address, ok := database["url"].(string); ok && address != "" {
			return "values." + root + ".database.url", address
		}
	}
	return "", ""
}

func rawPassword(values map[string]any) string {
	key, address := rawURL(values)
	u, clean := secret.CleanURL(address)
	if !clean || u.User == nil {
		return ""
	}
	if _, has := u.User.Password(); has {
		return key
	}
	return ""
}

// rawDatabase checks a database URL in the raw values by the server's rules.
// Its faults never quote the URL, which may contain a password, and quote a
// part only if it cannot be part of the password.
func rawDatabase(values map[string]any) answers.Faults {
	key, address := rawURL(values)
	if key == "" || strings.HasPrefix(address, "sqlite:") {
		return nil
	}
	u, clean := secret.CleanURL(address)
	if !clean {
		return answers.Faults{
			{
				Key:     key,
				Summary: "it is not a URL",
				Remedy: "write mysql://user@host:3306/name and percent-encode special characters: @ (%40), / " +
					"(%2F), ? (%3F), # (%23)",
			},
		}
	}
	return urlFaults(key, u)
}

func urlFaults(key string, u *url.URL) answers.Faults {
	var wrong answers.Faults
	add := func(problem, remedy string) {
		wrong = append(wrong, answers.Fault{Key: key, Summary: problem, Remedy: remedy})
	}
	switch {
	case strings.HasPrefix(u.Scheme, "postgres"):
		add("the ZenML server does not support PostgreSQL", "use a MySQL 8.0 server: mysql://user@host:3306/name")
	case u.Scheme != "mysql":
		add(fmt.Sprintf("the server rejects the scheme %q", u.Scheme), "start it with mysql://")
	}
	if u.User == nil || u.User.Username() == "" {
		add("the user is missing", "write mysql://user@host:3306/name")
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		add(u.Hostname()+" is the pod itself, not your machine", "give an address that the cluster's pods can reach")
	}
	if name := strings.Trim(u.Path, "/"); name == "" || strings.ContainsAny(name, `\/?%*:|"<>.-`) {
		add(fmt.Sprintf("the server rejects the database name %q", name), `use a name without \ / ? % * : | " < > . -`)
	}
	for parameter := range u.Query() {
		if !slices.Contains(urlParameters, parameter) {
			add(fmt.Sprintf("the server rejects the query parameter %q", parameter),
				"use only "+strings.Join(urlParameters, ", "))
		}
	}
	return wrong
}
