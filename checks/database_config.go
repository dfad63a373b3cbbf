package checks

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// urlParameters are the query parameters of a database URL that the server
// takes; it refuses all others.
var urlParameters = []string{"ssl", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_server_cert"}

func databaseConfig(_ context.Context, e *Env) (string, error) {
	var wrong answers.Faults
	for _, fault := range answers.Validate(e.Answers) {
		if strings.HasPrefix(fault.Key, "database.") {
			wrong = append(wrong, fault)
		}
	}
	wrong = append(wrong, rawDatabase(e.Answers.Values)...)
	if len(wrong) > 0 {
		return "", faultOf(wrong)
	}
	if key := rawPassword(e.Answers.Values); key != "" {
		return "", &Fault{
			Warn: true, Found: key + " has a password inside the URL",
			Why:    "it wins over any other password, must be percent-encoded, and makes the values file a secret",
			Remedy: "leave it out there and set database.mysql.password",
		}
	}
	m := e.Answers.Database.MySQL
	return fmt.Sprintf("%s on %s as %s", m.Name, net.JoinHostPort(m.Host, fmt.Sprint(m.Port)), m.User), nil
}

// faultOf makes one fault of several that answers reports.
func faultOf(faults answers.Faults) *Fault {
	var found, remedies []string
	for _, f := range faults {
		found = append(found, strings.TrimPrefix(f.Key+": "+f.Problem, ": "))
		if f.Remedy != "" {
			remedies = append(remedies, strings.TrimPrefix(f.Key+": "+f.Remedy, ": "))
		}
	}
	return &Fault{Found: strings.Join(found, "\n"), Remedy: strings.Join(remedies, "\n"), Cause: faults}
}

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
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return ""
	}
	if _, has := u.User.Password(); has {
		return key
	}
	return ""
}

// rawDatabase holds a database URL of the raw values to the server's rules.
// The URL itself is not repeated: it may hold a password.
func rawDatabase(values map[string]any) answers.Faults {
	key, address := rawURL(values)
	if key == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return answers.Faults{{Key: key, Problem: "it is not a URL", Remedy: "write it like mysql://user@host:3306/name; percent-encode what is special in it"}}
	}
	var wrong answers.Faults
	add := func(problem, remedy string) {
		wrong = append(wrong, answers.Fault{Key: key, Problem: problem, Remedy: remedy})
	}
	if u.Scheme == "sqlite" {
		return nil
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
