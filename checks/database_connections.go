package checks

import (
	"context"
	"fmt"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// The server's own defaults for each pod: 20 connections, and 20 more for a
// while.
const (
	defaultPool     = 20
	defaultOverflow = 20
)

func databaseConnections(ctx context.Context, e *Env) (string, error) {
	variables, err := e.databaseVariables(ctx)
	if err != nil {
		return "", e.loginError(err)
	}
	replicas := e.mostReplicas(ctx)
	pool := e.Answers.Database.MySQL.Pool
	each := orDefault(pool.Size, defaultPool) + orDefault(pool.Overflow, defaultOverflow)
	needed := replicas*each + 1 // the migration job's
	limit, name := tightest(variables)
	if limit > 0 && needed > limit {
		return "", &Fault{
			Found:  fmt.Sprintf("%d pods with up to %d connections each need %d, and %s is %d", replicas, each, needed, name, limit),
			Remedy: fmt.Sprintf("SET GLOBAL %s = %d;\nor smaller pools: database: {mysql: {pool: {size: 5, overflow: 5}}}", name, needed+needed/4),
		}
	}
	return fmt.Sprintf("%d of %d (%s)", needed, limit, name), nil
}

// tightest returns the lower of the limits that apply to one user; 0 for none.
func tightest(variables map[string]string) (limit int, name string) {
	for _, n := range []string{"max_connections", "max_user_connections"} {
		if v, err := strconv.Atoi(variables[n]); err == nil && v > 0 && (limit == 0 || v < limit) {
			limit, name = v, n
		}
	}
	return limit, name
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// mostReplicas is how many server pods there may be at once.
func (e *Env) mostReplicas(ctx context.Context) int {
	if e.Rendered != nil {
		if r, err := e.rendered(ctx); err == nil {
			if n := renderedReplicas(r.Objects); n > 0 {
				return n
			}
		}
	}
	return max(1, e.Answers.Server.Replicas, e.Answers.Server.Autoscaling.MaxReplicas)
}

func renderedReplicas(objects []manifest.Object) int {
	most := 0
	for _, kind := range []struct{ name, field string }{{"HorizontalPodAutoscaler", "maxReplicas"}, {"Deployment", "replicas"}} {
		for _, o := range manifest.Find(objects, kind.name, "") {
			most = max(most, whole(o, "spec", kind.field))
		}
	}
	return most
}

// whole reads a whole number, in whichever form the manifest was decoded.
func whole(o manifest.Object, path ...string) int {
	value, _, _ := unstructured.NestedFieldNoCopy(o.Object, path...)
	switch n := value.(type) {
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return 0
}
