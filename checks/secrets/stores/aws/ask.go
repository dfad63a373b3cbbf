package aws

import (
	"context"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// ask tests permissions without changing anything: IAM simulates the caller's
// policies, or, if the caller cannot use that, it reads a secret that does not
// exist. In that case write permissions are not tested.
func (s *Store) ask(ctx context.Context) (stores.Rights, error) {
	if list, err := s.simulate(ctx); err == nil {
		return stores.Rights{List: list, How: "simulated by IAM"}, nil
	}
	rights := stores.Rights{How: "tested with a secret that does not exist"}
	calls := s.calls(s.absentARN())
	for _, action := range actions {
		if action != describe && action != get {
			rights.List = append(rights.List, stores.Right{Name: action})
			continue
		}
		err := calls[action](ctx)
		if !known(err) {
			return rights, s.fault(err)
		}
		rights.List = append(rights.List, s.state(action, err))
	}
	return rights, nil
}

// principal returns the user or role of a caller: IAM does not simulate sessions.
func principal(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[2] != "sts" {
		return arn
	}
	kind, rest, _ := strings.Cut(parts[5], "/")
	if kind != "assumed-role" {
		return arn
	}
	role, _, _ := strings.Cut(rest, "/")
	return strings.Join([]string{parts[0], parts[1], "iam", "", parts[4], "role/" + role}, ":")
}
