package probepod

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// probeResult is the pod's output: the step at which it stopped.
type probeResult struct {
	probeHeader
	Kind      string   `json:"kind"` // of a failed connection
	Code      uint16   `json:"code"` // MySQL's error number
	Addresses []string `json:"addresses"`
	Login     bool     `json:"login"`
	Database  string   `json:"database"` // exists or missing
	Server    string   `json:"server"`   // its version
	Plugin    string   `json:"plugin"`   // authentication plugin at which PyMySQL broke
}

// probeHeader is what all results have.
type probeHeader struct {
	ZenmlPreflight int `json:"zenmlPreflight"`
	// Step of the database's probe is resolve, connect, greeting, python, files, tls,
	// password, login, database or done.
	Step  string `json:"step"`
	Error string `json:"error"`
}

// parseResult finds the result of the database's probe in the pod's log.
func parseResult(log string) (probeResult, error) {
	var r probeResult
	err := parse(log, &r, &r.probeHeader, task{check: databaseID,
		unknown: "whether pods can reach the database is unknown"})
	return r, err
}

// parse finds a result with its header in the pod's log.
func parse[T any](log string, into *T, header *probeHeader, t task) error {
	for line := range strings.Lines(log) {
		var none T
		*into = none
		if json.Unmarshal([]byte(line), into) == nil && header.ZenmlPreflight == 1 {
			return nil
		}
	}
	return &check.Fault{
		Warn:    true,
		Summary: "the log of the probe pod has no result: " + lastLine(log),
		Reason:  t.unknown,
		Remedy:  "to skip the check: --skip " + t.check,
	}
}

func lastLine(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	return clip(lines[len(lines)-1])
}

// clip limits the length of a text that may quote a whole file or packet.
func clip(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// resultFault explains the step at which the probe stopped; nil if it finished.
func resultFault(ctx context.Context, e *check.Env, s probeResult) error {
	address := database.Address(e)
	fault := &check.Fault{}
	s.Error = clip(s.Error)
	switch s.Step {
	case "done":
		return nil
	case "resolve":
		fault.Summary = fmt.Sprintf("a pod cannot resolve %s: %s", e.Answers.Database.MySQL.Host, s.Error)
		fault.Remedy = "link the database's private DNS zone to the cluster's network, or set " +
			"database.mysql.host to a name or address that pods can resolve"
	case "connect":
		fault.Summary = fmt.Sprintf("a pod cannot connect to %s: %s", address, s.Error)
		fault.Remedy = "allow the addresses of the cluster's nodes and pods in the database's firewall or " +
			"security group" + policies(
			ctx, e)
		switch s.Kind {
		case "timeout":
			fault.Summary = fmt.Sprintf("a pod cannot connect to %s: no answer in time", address)
		case "ConnectionRefusedError":
			fault.Summary = fmt.Sprintf("a pod cannot connect to %s: connection refused", address)
			fault.Remedy = "start the database, make it listen on its network address (bind-address), or " +
				"correct database.mysql.port"
		}
	case "greeting":
		fault.Summary = fmt.Sprintf("from a pod, %s does not speak MySQL: %s", address, s.Error)
		fault.Remedy = "check proxies and service meshes in between (a mesh may need the port named mysql or tcp)"
		if s.Kind == "timeout" {
			fault.Summary = fmt.Sprintf("a pod can connect to %s, but %s", address, s.Error)
			fault.Remedy = "start the database if it is paused, and " + fault.Remedy
		}
	case "tls", "files":
		fault.Summary = fmt.Sprintf("the TLS handshake of a pod with %s failed: %s", address, s.Error)
		fault.Remedy = "give the CA that signed the database's certificate: database: {mysql: {tls: {ca: {file: " +
			"ca.pem}}}}"
		if strings.Contains(s.Error, "unable to get issuer certificate") {
			fault.Remedy = "append the root certificate to database.mysql.tls.ca, which is an intermediate"
		}
	case "password":
		return database.UnsendablePassword(e)
	case "login", "database":
		fault = loginFault(ctx, e, s)
	default:
		return check.Skip("the image cannot run the probe: %s", s.Error)
	}
	return fault
}

// loginFault explains an error of the login or of the selection of the database.
func loginFault(ctx context.Context, e *check.Env, r probeResult) *check.Fault {
	fault := database.MySQLFault(e, &mysql.MySQLError{Number: r.Code, Message: r.Error})
	lineBreak := database.LineBreakFault(ctx, e)
	switch {
	case r.Code == mysqlerr.AccessDenied && lineBreak != nil:
		fault = lineBreak
	case r.Code == mysqlerr.AccessDenied && database.LogsInHere(ctx, e):
		fault = database.LimitedAccountFault(ctx, e, r.Error)
	case r.Code == 0 && strings.Contains(r.Error, "ed25519"):
		fault = database.Ed25519Fault(ctx, e)
	case r.Plugin == database.DialogPlugin:
		fault = database.DialogFault(e, r.Error)
	case r.Code == 0: // an error of PyMySQL
		fault.Summary = r.Error
		fault.Remedy = "check the authentication plugin and the password of " + e.Answers.Database.MySQL.User +
			" in the database: SHOW CREATE USER"
	}
	fault.Summary = "a pod cannot log in: " + fault.Summary
	fault.Warn, fault.Blocks = false, false
	return fault
}

// policies returns the network policies that limit egress in the namespace.
func policies(ctx context.Context, e *check.Env) string {
	client, err := e.Cluster.Client()
	if err != nil {
		return ""
	}
	found, err := client.NetworkingV1().NetworkPolicies(e.Namespace()).List(ctx, metav1.ListOptions{})
	if err != nil {
		return ""
	}
	var names []string
	for _, p := range found.Items {
		if slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress) {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("\nNetworkPolicy %s in namespace %s limits egress: allow port %d", check.JoinAnd(names),
		e.Namespace(), e.Answers.Database.MySQL.Port)
}
