package database

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

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
		return host + " is " + strings.Join(all, ", "), nil
	}
	if check.IsTransient(err) {
		return "", check.Transient(unresolved(e, err))
	}
	return "", unresolved(e, err)
}

func unresolved(e *check.Env, err error) error {
	host := e.Answers.Database.MySQL.Host
	fault := &check.Fault{Found: fmt.Sprintf("%s: the name server gives no answer: %v", host, err), Remedy: "try again, or look at this machine's name servers: nslookup " + host, Local: true, Cause: err}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		fault.Found = fmt.Sprintf("there is no host %s, seen from this machine", host)
		fault.Remedy = "correct database.mysql.host; nslookup " + host + " shows what this machine knows"
	}
	if check.IsPrivateName(host) {
		podDecides(e, fault)
	}
	return fault
}

// podDecides turns a fault of this machine's network into a warning: a private
// database is refused to a laptop and fine for the pod.
func podDecides(e *check.Env, f *check.Fault) {
	f.Warn, f.Blocks = true, true
	f.Why = "the name looks private: what counts is what a pod in the cluster sees, and from here that cannot be told"
	f.Remedy += fmt.Sprintf("\nkubectl -n %s run zenml-db-look --rm -it --restart=Never --image=busybox -- nc -zv %s %d",
		e.Namespace(), e.Answers.Database.MySQL.Host, e.Answers.Database.MySQL.Port)
}

func checkConnect(ctx context.Context, e *check.Env) (string, error) {
	h, err := databaseHello(ctx, e)
	if err == nil {
		return Address(e) + " greets as " + h.version, nil
	}
	fault := unconnected(ctx, e, err)
	if check.IsTransient(err) {
		return "", check.Transient(fault)
	}
	return "", fault
}

func unconnected(ctx context.Context, e *check.Env, err error) error {
	address := Address(e)
	var foreign *errForeign
	var server *mysql.MySQLError
	fault := &check.Fault{Cause: err}
	switch {
	case errors.As(err, &foreign):
		fault.Found = fmt.Sprintf("%s does not speak MySQL: %s", address, foreign.says)
		fault.Remedy = "correct database.mysql.host and database.mysql.port; MySQL's own port is 3306, and 33060 (the X protocol) does not serve"
		return fault
	case errors.As(err, &server):
		return MySQLFault(e, server)
	case errors.Is(err, syscall.ECONNREFUSED):
		fault.Found = address + " refuses the connection: nothing listens there"
		fault.Remedy = "correct database.mysql.port, start the database, or let it listen on its network address (bind-address)"
	case check.IsTimeout(err):
		fault.Found = fmt.Sprintf("%s does not answer within %s", address, check.DialLimit)
		fault.Remedy = "open the port in the firewall or security group in front of the database"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		fault.Found = "there is no route to " + address
		fault.Remedy = "connect to the network that the database is in, or correct database.mysql.host"
	default:
		fault.Found = fmt.Sprintf("%s: the connection fails: %v", address, err)
		fault.Remedy = "look at the network between here and there"
	}
	fault.Local = true
	if privateDatabase(ctx, e) {
		podDecides(e, fault)
	}
	return fault
}

// privateDatabase tells whether the database is likely out of this machine's
// sight: by its name, or by where the name leads.
func privateDatabase(ctx context.Context, e *check.Env) bool {
	host := e.Answers.Database.MySQL.Host
	if check.IsPrivateName(host) {
		return true
	}
	found, err := databaseAddresses(context.WithoutCancel(ctx), e) // also once the check's own time is up
	return err == nil && len(found) > 0 && check.IsPrivateAddress(found[0])
}
