package standin

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// storeURL is the parsed ZENML_STORE_URL.
type storeURL struct {
	scheme   string
	user     string
	password string
	host     string
	port     int
	database string
	query    map[string]string
}

// urlShape parses a database URL like SQLAlchemy: the first @ ends the
// password, so a password with @ must be percent-encoded.
var urlShape = regexp.MustCompile(
	`^([\w+]+)://(?:([^:/]*)(?::([^@]*))?@)?(?:(?:\[([^/?]+)\]|([^/:?]+))?(?::([^/?]*))?)?(?:/([^?]*))?(?:\?(.*))?$`,
)

// databaseName matches the MySQL database names that the server accepts.
var databaseName = regexp.MustCompile(`^[^\\/?%*:|"<>.-]{1,64}$`)

func parseStoreURL(text string) (storeURL, error) {
	part := urlShape.FindStringSubmatch(text)
	if part == nil {
		return storeURL{}, storeFault("Could not parse SQLAlchemy URL from the given URL string")
	}
	u := storeURL{
		scheme:   part[1],
		user:     unquote(part[2]),
		password: unquote(part[3]),
		host:     part[4] + part[5],
		port:     3306,
		database: part[7],
	}
	if part[6] != "" {
		port, err := strconv.Atoi(part[6])
		if err != nil {
			return storeURL{}, &pyError{
				class: "ValueError",
				text:  fmt.Sprintf("invalid literal for int() with base 10: %s", pyRepr(part[6])),
			}
		}
		u.port = port
	}
	u.query = parseQuery(part[8])
	return u, nil
}

func parseQuery(text string) map[string]string {
	query := map[string]string{}
	for _, pair := range strings.Split(text, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "" {
			query[unquote(name)] = unquote(value)
		}
	}
	return query
}

// unquote decodes percent-encoding, and returns malformed text unchanged.
func unquote(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// checkMySQL returns the server's errors about a mysql:// URL, and reads a
// missing password from the environment.
func (u *storeURL) checkMySQL(env Env) error {
	for name := range u.query {
		switch name {
		case "ssl", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_server_cert":
		default:
			return storeFault(
				fmt.Sprintf(
					"Invalid MySQL URL query parameter `%s`: only ssl, ssl_ca, ssl_cert, ssl_key and ssl_verify_server_cert are supported",
					name,
				),
			)
		}
	}
	if u.user == "" {
		u.user = env["ZENML_STORE_USERNAME"]
	}
	if u.password == "" {
		u.password = env["ZENML_STORE_PASSWORD"]
	}
	if u.user == "" || u.password == "" && env["ZENML_STORE_AUTH_MODE"] != authModeIAM || u.database == "" {
		return storeFault(
			"Invalid MySQL configuration: the username, password and database must be set in the URL or as configuration attributes",
		)
	}
	if !databaseName.MatchString(u.database) {
		return storeFault(
			fmt.Sprintf(
				"The database name does not conform to the required format rules (%s): %s",
				databaseName,
				u.database,
			),
		)
	}
	return nil
}

func (u *storeURL) address() string { return net.JoinHostPort(u.host, strconv.Itoa(u.port)) }

// storeFault returns an error of the store's settings model. It never quotes
// the URL, which may contain a password.
func storeFault(fault string) error {
	return &pyError{
		class: "pydantic_core._pydantic_core.ValidationError",
		text:  "1 validation error for RBACSqlZenStore\n  Value error, " + fault,
	}
}
