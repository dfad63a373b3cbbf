package checks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
)

func databaseResolve(ctx context.Context, e *Env) (string, error) {
	host := e.Answers.Database.MySQL.Host
	found, err := e.databaseAddresses(ctx)
	if err == nil {
		var all []string
		for _, a := range found {
			all = append(all, a.Unmap().String())
		}
		return host + " is " + strings.Join(all, ", "), nil
	}
	if isTransient(err) {
		return "", transient(e.unresolved(err))
	}
	return "", e.unresolved(err)
}

func (e *Env) unresolved(err error) error {
	host := e.Answers.Database.MySQL.Host
	fault := &Fault{Found: fmt.Sprintf("%s: the name server gives no answer: %v", host, err), Remedy: "try again, or look at this machine's name servers: nslookup " + host, Local: true, Cause: err}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		fault.Found = fmt.Sprintf("there is no host %s, seen from this machine", host)
		fault.Remedy = "correct database.mysql.host; nslookup " + host + " shows what this machine knows"
	}
	if privateName(host) {
		e.podDecides(fault)
	}
	return fault
}

// podDecides turns a fault of this machine's network into a warning: a private
// database is refused to a laptop and fine for the pod.
func (e *Env) podDecides(f *Fault) {
	f.Warn, f.Blocks = true, true
	f.Why = "the name looks private: what counts is what a pod in the cluster sees, and from here that cannot be told"
	f.Remedy += fmt.Sprintf("\nkubectl -n %s run zenml-db-look --rm -it --restart=Never --image=busybox -- nc -zv %s %d",
		e.namespace(), e.Answers.Database.MySQL.Host, e.Answers.Database.MySQL.Port)
}

func databaseConnect(ctx context.Context, e *Env) (string, error) {
	h, err := e.databaseHello(ctx)
	if err == nil {
		return e.databaseAddress() + " greets as " + h.version, nil
	}
	fault := e.unconnected(ctx, err)
	if isTransient(err) {
		return "", transient(fault)
	}
	return "", fault
}

func (e *Env) unconnected(ctx context.Context, err error) error {
	address := e.databaseAddress()
	var foreign *errForeign
	var server *mysql.MySQLError
	fault := &Fault{Cause: err}
	switch {
	case errors.As(err, &foreign):
		fault.Found = fmt.Sprintf("%s does not speak MySQL: %s", address, foreign.says)
		fault.Remedy = "correct database.mysql.host and database.mysql.port; MySQL's own port is 3306, and 33060 (the X protocol) does not serve"
		return fault
	case errors.As(err, &server):
		return e.mysqlFault(server)
	case errors.Is(err, syscall.ECONNREFUSED):
		fault.Found = address + " refuses the connection: nothing listens there"
		fault.Remedy = "correct database.mysql.port, start the database, or let it listen on its network address (bind-address)"
	case isTimeout(err):
		fault.Found = fmt.Sprintf("%s does not answer within %s", address, dialLimit)
		fault.Remedy = "open the port in the firewall or security group in front of the database"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		fault.Found = "there is no route to " + address
		fault.Remedy = "connect to the network that the database is in, or correct database.mysql.host"
	default:
		fault.Found = fmt.Sprintf("%s: the connection fails: %v", address, err)
		fault.Remedy = "look at the network between here and there"
	}
	fault.Local = true
	if e.privateDatabase(ctx) {
		e.podDecides(fault)
	}
	return fault
}

// privateDatabase tells whether the database is likely out of this machine's
// sight: by its name, or by where the name leads.
func (e *Env) privateDatabase(ctx context.Context) bool {
	host := e.Answers.Database.MySQL.Host
	if privateName(host) {
		return true
	}
	found, err := e.databaseAddresses(context.WithoutCancel(ctx)) // also once the check's own time is up
	return err == nil && len(found) > 0 && privateAddress(found[0])
}
