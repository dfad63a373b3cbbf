package database

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func checkResolve(ctx context.Context, e *check.Env) (string, error) {
	host := e.Answers.Database.MySQL.Host
	found, err := databaseAddresses(ctx, e)
	if err == nil {
		var all []string
		for _, a := range found {
			all = append(all, a.Unmap().String())
		}
		return host + " resolves to " + strings.Join(all, ", "), nil
	}
	if check.IsTransient(err) {
		return "", check.Transient(unresolved(e, err))
	}
	return "", unresolved(e, err)
}

func unresolved(e *check.Env, err error) error {
	host := e.Answers.Database.MySQL.Host
	fault := &check.Fault{
		Summary: fmt.Sprintf("cannot resolve %s: %s", host, check.Reason(err)),
		Remedy:  "try again, or check this machine's DNS: nslookup " + host,
		Local:   true,
		Err:     err,
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		fault.Summary = fmt.Sprintf("cannot resolve %s on this machine: no such host", host)
		fault.Remedy = "correct database.mysql.host, and check it: nslookup " + host
	}
	if check.IsPrivateName(host) {
		softenPrivate(e, fault)
	}
	return fault
}

// softenPrivate turns a network fault of this machine into a warning for a
// private database: pods can often reach it although a laptop cannot.
func softenPrivate(e *check.Env, f *check.Fault) {
	f.Warn, f.Blocks = true, true
	f.Reason = "the address looks private: only pods in the cluster must reach it, and this machine cannot test that"
	f.Remedy += fmt.Sprintf(
		"\nkubectl -n %s run zenml-db-probe --rm -it --restart=Never --image=busybox -- nc -zv %s %d", e.Namespace(),
		e.Answers.Database.MySQL.Host, e.Answers.Database.MySQL.Port)
}

func checkConnect(ctx context.Context, e *check.Env) (string, error) {
	h, err := databaseGreeting(ctx, e)
	if err == nil {
		return Address(e) + " answers as " + h.version + h.slow(), nil
	}
	fault := unconnected(ctx, e, err)
	if check.IsTransient(err) {
		return "", check.Transient(fault)
	}
	return "", fault
}

// slow returns a remark about a greeting that took long, or "".
func (g *greeting) slow() string {
	if g.took < slowAnswer {
		return ""
	}
	return fmt.Sprintf("; slow: its greeting took %s, and the ZenML server waits %s", g.took.Round(time.Second/10),
		answerLimit)
}

func unconnected(ctx context.Context, e *check.Env, err error) error {
	address := Address(e)
	var foreign *notMySQLError
	var server *mysql.MySQLError
	fault := &check.Fault{Err: err}
	switch {
	case errors.As(err, &foreign):
		fault.Summary = fmt.Sprintf("%s does not speak MySQL: %s", address, foreign.reason)
		fault.Remedy = "correct database.mysql.port (the default is 3306; 33060, the X Protocol, does not work) or " +
			"database.mysql.host"
		return fault
	case errors.Is(err, errSilent):
		fault.Summary = fmt.Sprintf("cannot connect to %s: %s", address, errSilent)
		fault.Remedy = "start the database if it is paused, and check proxies and load balancers in front of it; if " +
			"another service listens there, correct database.mysql.port"
		return fault
	case errors.As(err, &server):
		return MySQLFault(e, server)
	case errors.Is(err, syscall.ECONNREFUSED):
		fault.Summary = "cannot connect to " + address + ": connection refused"
		fault.Remedy = "start the database, make it listen on its network address (bind-address), or correct " +
			"database.mysql.port"
	case check.IsTimeout(err):
		fault.Summary = fmt.Sprintf("cannot connect to %s: no answer within %s", address, check.DialLimit)
		fault.Remedy = "allow the port in the firewall or security group of the database"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		fault.Summary = "cannot connect to " + address + ": no route to host"
		fault.Remedy = "connect to the network of the database, or correct database.mysql.host"
	default:
		fault.Summary = fmt.Sprintf("cannot connect to %s: %s", address, check.Reason(err))
		fault.Remedy = "check the network between this machine and the database"
	}
	fault.Local = true
	if isPrivateDatabase(ctx, e) {
		softenPrivate(e, fault)
	}
	return fault
}

// isPrivateDatabase reports whether this machine is unlikely to reach the
// database, judging by its name and address.
func isPrivateDatabase(ctx context.Context, e *check.Env) bool {
	host := e.Answers.Database.MySQL.Host
	if check.IsPrivateName(host) {
		return true
	}
	found, err := databaseAddresses(context.WithoutCancel(ctx), e) // even after the check's time limit
	return err == nil && len(found) > 0 && check.IsPrivateAddress(found[0])
}
