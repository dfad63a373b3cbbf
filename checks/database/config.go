package database

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func checkConfig(_ context.Context, e *check.Env) (string, error) {
	var wrong answers.Faults
	for _, fault := range answers.Validate(e.Answers) {
		if strings.HasPrefix(fault.Key, "database.") {
			wrong = append(wrong, fault)
		}
	}
	wrong = append(wrong, rawDatabase(e.Answers.Values)...)
	if len(wrong) > 0 {
		return "", check.AnswersFault(wrong)
	}
	if key := rawPassword(e.Answers.Values); key != "" {
		return "", &check.Fault{
			Warn: true, Summary: key + " contains a password",
			Reason: "it overrides any other password, must be percent-encoded, and makes the values file sensitive",
			Remedy: "remove it from the URL and set database.mysql.password",
		}
	}
	m := e.Answers.Database.MySQL
	return fmt.Sprintf("%s on %s as %s", m.Name, net.JoinHostPort(m.Host, fmt.Sprint(m.Port)), m.User), nil
}
