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

// urlParameters are the query parameters of a database URL that the server
// takes; it refuses all others.
var urlParameters = []string{"ssl", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_server_cert"}

// rawURL finds a database URL among the raw chart values.
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

// rawDatabase holds a database URL of the raw values to the server's rules.
// The URL itself is not repeated: it may hold a password. Parts of it are
// named only where it is certain that they are none of the password.
func rawDatabase(values map[string]any) answers.Faults {
	key, address := rawURL(values)
	if key == "" || strings.HasPrefix(address, "sqlite:") {
		return nil
	}
	u, clean := secret.CleanURL(address)
	if !clean {
		return answers.Faults{{
			Key: key, Problem: "it is not a URL",
			Remedy: "write it like mysql://user@host:3306/name; percent-encode what is special in it, such as @ (%40), / (%2F), ? (%3F) and # (%23)",
		}}
	}
	return urlFaults(key, u)
}

func urlFaults(key string, u *url.URL) answers.Faults {
	var wrong answers.Faults
	add := func(problem, remedy string) {
		wrong = append(wrong, answers.Fault{Key: key, Problem: problem, Remedy: remedy})
	}
	if u.Scheme != "mysql" {
		add(fmt.Sprintf("the scheme %q is refused by the server", u.Scheme), "begin it with mysql://")
	}
	if u.User == nil || u.User.Username() == "" {
		add("it names no user", "write it like mysql://user@host:3306/name")
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		add(u.Hostname()+" means the pod itself, not your machine", "give an address that the cluster's pods reach")
	}
	if name := strings.Trim(u.Path, "/"); name == "" || strings.ContainsAny(name, `\/?%*:|"<>.-`) {
		add(fmt.Sprintf("the server refuses the database name %q", name), `use none of \ / ? % * : | " < > . -`)
	}
	for parameter := range u.Query() {
		if !slices.Contains(urlParameters, parameter) {
			add(fmt.Sprintf("the server refuses the query parameter %q", parameter), "use none but "+strings.Join(urlParameters, ", "))
		}
	}
	return wrong
}
