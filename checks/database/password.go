package database

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// readPassword returns the password of the answers.
func readPassword(ctx context.Context, e *check.Env) (secret.Text, error) {
	m := e.Answers.Database.MySQL
	if m.Auth == answers.RDSAuth {
		return secret.Text{}, check.Skip("the user logs in with a token that only the pod's AWS identity can get")
	}
	return e.Read(ctx, "password", m.Password)
}

// asLatin1 encodes a password as PyMySQL, the client of the ZenML server, sends it: in
// Latin-1. It reports false for a password with other characters.
func asLatin1(password string) (string, bool) {
	var encoded []byte
	for _, r := range password {
		if r > 0xff {
			return "", false
		}
		encoded = append(encoded, byte(r)) //nolint:gosec // it fits
	}
	return string(encoded), true
}

// UnsendablePassword is the fault of a password that PyMySQL cannot encode.
func UnsendablePassword(e *check.Env) *check.Fault {
	return &check.Fault{
		Summary: "the password has characters outside Latin-1, which the ZenML server's database client cannot send",
		Reason:  "PyMySQL encodes passwords as Latin-1 and stops with an error before it connects",
		Remedy: "set a password of ASCII characters, and set database.mysql.password to it: " +
			"ALTER USER " + anyHost(e) + " IDENTIFIED BY '...';",
	}
}

// passwordFault returns the fault of a denied password if a variant of it
// works; nil otherwise.
func passwordFault(ctx context.Context, e *check.Env, config *tls.Config) *check.Fault {
	password, err := readPassword(ctx, e)
	if err != nil {
		return nil //nolint:nilerr // the caller reports the denied login
	}
	works := func(variant string) bool {
		_, err := connect(ctx, e, config, "", secret.New(variant))
		return err == nil
	}
	text := password.Reveal()
	if sent, _ := asLatin1(text); sent != text && works(text) {
		return &check.Fault{
			Summary: "the password works only in UTF-8, but the ZenML server's database client sends it in Latin-1 " +
				"(1045)",
			Reason: "the database stores the hash of other bytes than those that PyMySQL sends",
			Remedy: "set a password of ASCII characters, and set database.mysql.password to it: " +
				"ALTER USER " + anyHost(e) + " IDENTIFIED BY '...';",
		}
	}
	if fault := LineBreakFault(ctx, e); fault != nil && works(check.WithoutLineBreak(text)) {
		fault.Summary = fmt.Sprintf("the password ends in %s; it works without the line break (1045)", check.LineBreak(text))
		return fault
	}
	return nil
}

// LineBreakFault is the fault of a denied password that ends in a line break; nil if it
// does not.
func LineBreakFault(ctx context.Context, e *check.Env) *check.Fault {
	password, err := readPassword(ctx, e)
	if err != nil {
		return nil //nolint:nilerr // another check reports that it cannot be read
	}
	end := check.LineBreak(password.Reveal())
	if end == "" {
		return nil
	}
	return &check.Fault{
		Summary: fmt.Sprintf("the database rejects the password, which ends in %s (1045)", end),
		Reason:  "the server sends the line break as a part of the password",
		Remedy:  lineBreakRemedy(e),
	}
}

// lineBreakRemedy returns how to store the password without a line break.
func lineBreakRemedy(e *check.Env) string {
	source := e.Answers.Database.MySQL.Password
	switch {
	case source.SecretRef != nil:
		ref := source.SecretRef
		return fmt.Sprintf("create the Secret again without the line break (printf, not echo): "+
			"printf %%s \"$PASSWORD\" | kubectl -n %s create secret generic %s --from-file=%s=/dev/stdin "+
			"--dry-run=client -o yaml | kubectl apply -f -", e.Namespace(), ref.Name, ref.Key)
	case source.Env != "":
		return fmt.Sprintf("remove the line break: export %[1]s=\"$(printf %%s \"$%[1]s\" | tr -d '\\r\\n')\"",
			source.Env)
	}
	return "remove the line break at the end of database.mysql.password"
}
