package answers

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// passwordSymbols are the symbols that the dashboard's password rule accepts.
const passwordSymbols = `!@#$%^&*(),.?":{}|<>/`

var (
	labelPattern    = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	dnsNamePattern  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	quantityPattern = regexp.MustCompile(`^[1-9][0-9]*(\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$`)
	// databasePattern is the server's rule for the last part of its URL.
	databasePattern = regexp.MustCompile(`^[^\\/?%*:|"<>.-]{1,64}$`)
	hostPattern     = regexp.MustCompile(`^[A-Za-z0-9_]([-A-Za-z0-9_.]*[A-Za-z0-9_])?\.?$`)
)

// userInfo matches a user and a password before a host: root:password@host.
var userInfo = regexp.MustCompile(`:[^@]*@`)

// quoted quotes the input in a message, unless it may contain a password.
func quoted(v string) string {
	if userInfo.MatchString(v) {
		return "the value"
	}
	return "“" + v + "”"
}

func dnsLabel(v string) (problem, remedy string) {
	if len(v) > 63 || !labelPattern.MatchString(v) {
		return quoted(v) + " is not a valid name", "use lower-case letters, digits and hyphens, at most 63"
	}
	return "", ""
}

// namespace is a name that is not one of Kubernetes' own namespaces.
func namespace(v string) (problem, remedy string) {
	if slices.Contains([]string{"kube-system", "kube-public", "kube-node-lease"}, v) {
		return quoted(v) + " belongs to Kubernetes itself", "use a namespace of its own, such as " + DefaultRelease
	}
	return dnsLabel(v)
}

// releaseName is stricter than Helm's limit of 53, because the chart appends
// suffixes such as "-db-migration" and the name of a Service has at most 63
// characters.
func releaseName(v string) (problem, remedy string) {
	if len(v) > 43 || !labelPattern.MatchString(v) || v[0] >= '0' && v[0] <= '9' {
		return quoted(v) + " is not a valid release name",
			"use lower-case letters, digits and hyphens, starting with a letter, at most 43"
	}
	return "", ""
}

func optionalDNSName(v string) (problem, remedy string) {
	if len(v) > 253 || !dnsNamePattern.MatchString(v) {
		return quoted(v) + " is not a valid name", "use lower-case letters, digits, hyphens and dots"
	}
	return "", ""
}

func quantity(v string) (problem, remedy string) {
	if !quantityPattern.MatchString(v) {
		return quoted(v) + " is not a size", "use a size such as 2Gi or 500Mi"
	}
	return "", ""
}

func oneLine(v string) (problem, remedy string) {
	if strings.ContainsAny(v, "\n\r\x00") {
		return "it has more than one line", "write it on one line"
	}
	return "", ""
}

func chartVersion(v string) (problem, remedy string) {
	if _, err := semver.NewVersion(v); err != nil {
		return quoted(v) + " is not a version", "use a version such as 0.98.1, or remove it for the latest"
	}
	return "", ""
}

func port(v string) (problem, remedy string) {
	if n, err := strconv.Atoi(v); err != nil || n < 1 || n > 65535 {
		return quoted(v) + " is not a port", "use a number from 1 to 65535"
	}
	return "", ""
}

func positive(v string) (problem, remedy string) {
	if n, err := strconv.Atoi(v); err != nil || n < 1 || n > 999_999 {
		return quoted(v) + " is out of range", "use an integer from 1 to 999999"
	}
	return "", ""
}

func databaseHost(v string) (problem, remedy string) {
	if scheme, _, ok := strings.Cut(v, "://"); ok && strings.HasPrefix(scheme, "postgres") {
		return "a PostgreSQL URL was given, but the ZenML server supports only MySQL",
			"enter the host of a MySQL 8.0 server"
	}
	if problem, remedy := notURL(v); problem != "" {
		return problem, remedy
	}
	if host, _, err := net.SplitHostPort(v); err == nil {
		return quoted(v) + " contains a port",
			fmt.Sprintf("enter only the host (%s), and set the port in database.mysql.port", host)
	}
	if ip := net.ParseIP(v); ip != nil {
		if ip.IsLoopback() {
			return loopback(v)
		}
		return "", ""
	}
	if strings.EqualFold(strings.TrimSuffix(v, "."), "localhost") {
		return loopback(v)
	}
	if !hostPattern.MatchString(v) {
		return quoted(v) + " is not a host name or an address",
			"enter the name that the pods resolve, such as db.example.com"
	}
	return "", ""
}

func loopback(v string) (problem, remedy string) {
	return quoted(v) + " is the pod itself, not your machine", "enter an address that the cluster's pods can reach"
}

func databaseName(v string) (problem, remedy string) {
	if isPartOfURL(v) && !databasePattern.MatchString(v) {
		return "a URL or a part of one was given", "enter only the name"
	}
	if !databasePattern.MatchString(v) {
		return quoted(v) + " is not a valid database name", `use 1 to 64 characters, none of \ / ? % * : | " < > . -`
	}
	return "", ""
}

func databaseUser(v string) (problem, remedy string) {
	if strings.Contains(v, "://") {
		return "a URL was given", "enter only the user, and set database.mysql.password"
	}
	if len(v) > 80 || strings.ContainsAny(v, "\n\r\x00") {
		return quoted(v) + " is not a MySQL user name", "enter only the user, without @host"
	}
	return "", ""
}

// AdminPassword returns what a password lacks to satisfy the dashboard's rule,
// or "".
func AdminPassword(p string) string {
	var missing []string
	need := func(ok bool, what string) {
		if !ok {
			missing = append(missing, what)
		}
	}
	need(len([]rune(p)) >= 8, "more characters (at least 8)")
	need(strings.ContainsAny(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "an upper-case letter")
	need(strings.ContainsAny(p, "abcdefghijklmnopqrstuvwxyz"), "a lower-case letter")
	need(strings.ContainsAny(p, "0123456789"), "a digit")
	need(strings.ContainsAny(p, passwordSymbols), "one of "+passwordSymbols)
	return strings.Join(missing, ", ")
}
