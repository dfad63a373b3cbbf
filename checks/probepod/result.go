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
)

// sight is the line that the pod prints: how far it came.
type sight struct {
	ZenmlPreflight int      `json:"zenmlPreflight"`
	Step           string   `json:"step"` // resolve, connect, greeting, python, files, tls, login, database; done at the end
	Error          string   `json:"error"`
	Kind           string   `json:"kind"` // of a failed connection
	Code           uint16   `json:"code"` // MySQL's error number
	Addresses      []string `json:"addresses"`
	Login          bool     `json:"login"`
	Database       string   `json:"database"` // there or missing
	Server         string   `json:"server"`   // its version
}

// parseSight finds the line in the pod's log.
func parseSight(log string) (sight, error) {
	for line := range strings.Lines(log) {
		var s sight
		if json.Unmarshal([]byte(line), &s) == nil && s.ZenmlPreflight == 1 {
			return s, nil
		}
	}
	return sight{}, &check.Fault{Warn: true, Found: "the pod's log says nothing of the look: " + lastLine(log), Why: "whether pods reach the database is not known", Remedy: "leave the check out: --skip database.in-cluster"}
}

func lastLine(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	last := lines[len(lines)-1]
	return last[:min(len(last), 200)]
}

// sightFault puts into words where the pod came to a halt; nil when it came
// through.
func sightFault(ctx context.Context, e *check.Env, s sight) error {
	address := database.Address(e)
	fault := &check.Fault{}
	switch s.Step {
	case "done":
		return nil
	case "resolve":
		fault.Found = fmt.Sprintf("a pod does not resolve %s: %s", e.Answers.Database.MySQL.Host, s.Error)
		fault.Remedy = "link the database's private DNS zone to the cluster's network, or use the name or address that pods know"
	case "connect":
		fault.Found = fmt.Sprintf("a pod does not reach %s: %s", address, s.Error)
		fault.Remedy = "let the database's firewall or security group in the addresses of the cluster's nodes and pods" + policies(ctx, e)
		if s.Kind == "ConnectionRefusedError" {
			fault.Remedy = "start the database, let it listen on its network address (bind-address), or correct database.mysql.port"
		}
	case "greeting":
		fault.Found = fmt.Sprintf("seen from a pod, %s does not speak MySQL: %s", address, s.Error)
		fault.Remedy = "look at what lies between, such as a proxy or a service mesh (its port may need to be named mysql or tcp)"
	case "tls", "files":
		fault.Found = fmt.Sprintf("seen from a pod, TLS with %s fails: %s", address, s.Error)
		fault.Remedy = "give the authority that signed the database's certificate: database: {mysql: {tls: {ca: {file: ca.pem}}}}"
		if strings.Contains(s.Error, "unable to get issuer certificate") {
			fault.Remedy = "give the root as well: append its certificate to database.mysql.tls.ca, which is no root"
		}
	case "login", "database":
		fault = database.MySQLFault(e, &mysql.MySQLError{Number: s.Code, Message: s.Error})
		fault.Found = "a pod may not log in: " + fault.Found
		fault.Warn, fault.Blocks = false, false
		if fault.Remedy == "" {
			fault.Remedy = fmt.Sprintf("GRANT ALL ON `%s`.* TO %s;", e.Answers.Database.MySQL.Name, database.RefusedAccount(ctx, e, s.Error))
		}
	default:
		return check.Skip("the image cannot make the look: %s", s.Error)
	}
	return fault
}

// policies names the network policies of the namespace that limit where its
// pods may connect to.
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
	return fmt.Sprintf("\nNetworkPolicy %s of namespace %s limits where pods may connect to: allow port %d", check.JoinAnd(names), e.Namespace(), e.Answers.Database.MySQL.Port)
}
