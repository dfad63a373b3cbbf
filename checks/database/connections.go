package database

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/mysqlerr"
)

// The server's defaults for each pod: 20 connections and 20 overflow connections.
const (
	defaultPool     = 20
	defaultOverflow = 20
)

func checkConnections(ctx context.Context, e *check.Env) (string, error) {
	variables, err := databaseVariables(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	replicas := mostReplicas(ctx, e)
	pool := e.Answers.Database.MySQL.Pool
	each := orDefault(pool.Size, defaultPool) + defaultOverflow
	if pool.Overflow != nil {
		each = orDefault(pool.Size, defaultPool) + *pool.Overflow
	}
	needed := replicas*each + 1 // the migration job's
	limits, err := connectionLimits(ctx, e, variables)
	if err != nil {
		return "", loginError(e, err)
	}
	l := tightest(limits)
	if l.most > 0 && needed > l.most {
		return "", &check.Fault{
			Summary: fmt.Sprintf("%s with up to %d connections each need %d connections, but %s is %d",
				pods(replicas), each, needed, l.name, l.most),
			Remedy: fmt.Sprintf(l.raise, needed+needed/4) +
				"\nor set smaller pools: database: {mysql: {pool: {size: 5, overflow: 5}}}",
		}
	}
	if l.most == 0 {
		return fmt.Sprintf("%d connections; the database server reports no limit", needed), nil
	}
	return fmt.Sprintf("%d of %d connections (%s)", needed, l.most, l.name), nil
}

func pods(n int) string {
	if n == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", n)
}

// connectionLimit is a connection limit, 0 for none, and the statement that
// raises it.
type connectionLimit struct {
	most        int
	name, raise string
}

// connectionLimits returns the limits that apply to the user. The session
// variable is the account's own limit if it has one, otherwise the server's.
func connectionLimits(ctx context.Context, e *check.Env, variables map[string]string) ([]connectionLimit, error) {
	db, err := openServer(ctx, e)
	if err != nil {
		return nil, err
	}
	ofAll, _ := strconv.Atoi(variables["max_user_connections"]) // a server without it sets no limit
	own := ofAll
	err = db.QueryRowContext(ctx, "SELECT @@session.max_user_connections").Scan(&own)
	if err != nil && number(err) != mysqlerr.UnknownVariable {
		return nil, err
	}
	user := connectionLimit{own, "max_user_connections", "SET GLOBAL max_user_connections = %d;"}
	if own != ofAll {
		account := account(ctx, e)
		user.name = "MAX_USER_CONNECTIONS of the account " + account
		user.raise = "ALTER USER " + strings.ReplaceAll(account, "%", "%%") + " WITH MAX_USER_CONNECTIONS %d;"
	}
	most, _ := strconv.Atoi(variables["max_connections"]) // a server without it sets no limit
	return []connectionLimit{{most, "max_connections", "SET GLOBAL max_connections = %d;"}, user}, nil
}

// tightest returns the lowest limit.
func tightest(limits []connectionLimit) connectionLimit {
	var low connectionLimit
	for _, l := range limits {
		if l.most > 0 && (low.most == 0 || l.most < low.most) {
			low = l
		}
	}
	return low
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// mostReplicas returns the maximum number of server pods.
func mostReplicas(ctx context.Context, e *check.Env) int {
	if e.Rendered != nil {
		if r, err := e.Render(ctx); err == nil {
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
			most = max(most, intField(o, "spec", kind.field))
		}
	}
	return most
}

// intField reads an integer field, however the manifest was decoded.
func intField(o manifest.Object, path ...string) int {
	value, _, _ := unstructured.NestedFieldNoCopy(o.Object, path...)
	switch n := value.(type) {
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return 0
}
