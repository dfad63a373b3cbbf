package checks

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// between stands between a client and a database without TLS. It calls seen
// once, when the client says the word; from then on it may be silent.
type between struct {
	word   string
	seen   func()
	mute   atomic.Bool
	once   sync.Once
	target string
}

// listen takes connections on that address until the test ends.
func (b *between) listen(t *testing.T, host string) int {
	t.Helper()
	l := listen(t, host)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = client.Close() })
			go b.serve(t, client)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func (b *between) serve(t *testing.T, client net.Conn) {
	server, err := net.Dial("tcp", b.target)
	if err != nil {
		return
	}
	t.Cleanup(func() { _ = server.Close() })
	go b.copy(client, server)
	b.copy(server, client)
}

func (b *between) copy(to io.WriteCloser, from io.Reader) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if b.word != "" && bytes.Contains(buffer[:n], []byte(b.word)) {
			b.once.Do(b.seen)
		}
		if !b.mute.Load() {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}

// scratchChecks is a table of checks that ends with the scratch table, whose
// time is short.
func scratchChecks() []Check {
	checks := slices.Clone(databaseChecks)
	for i := range checks {
		if checks[i].ID == "database.privileges" {
			checks[i].Limit = time.Second
		}
	}
	return checks
}

// byWay is the environment of an install whose database is reached by b.
func byWay(t *testing.T, s *testdb.Server, b *between) *Env {
	t.Helper()
	b.target = net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port))
	port := b.listen(t, "127.0.0.1")
	return withDatabase(t, s, func(m *answers.MySQL) { m.Port, m.TLS = port, answers.TLS{Mode: answers.TLSOff} })
}

const privileges = "database.privileges"

// TestScratchTablesOfADatabaseThatStalls has the network swallow everything
// once the tables are made.
func TestScratchTablesOfADatabaseThatStalls(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	for name, interrupted := range map[string]bool{"time is up": false, "interrupted": true} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			b := &between{word: "ADD COLUMN extra"}
			b.seen = func() {
				b.mute.Store(true)
				if interrupted {
					stop()
				}
			}
			report, err := run(ctx, scratchChecks(), byWay(t, s, b), Options{Only: []string{privileges}}, nil)
			if errors.Is(err, context.Canceled) != interrupted {
				t.Error(err)
			}
			tables := s.Strings(t, "SHOW TABLES FROM zenml")
			if len(tables) != 2 {
				t.Fatalf("the tables were to be stuck: %v", tables)
			}
			status, say := Failed, "no result within 1s"
			if interrupted {
				status, say = Warned, "interrupted"
			}
			result := expect(t, report, privileges, status, say, "left behind", tables[0], tables[1])
			_, drop, _ := strings.Cut("\n"+result.Hint, "\nDROP")
			s.Exec(t, "DROP"+drop)
			if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
				t.Errorf("the remedy leaves %v", left)
			}
		})
	}
}

func TestScratchTablesOfAnInterruptedRun(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.Options{})
	ctx, stop := context.WithCancel(t.Context())
	report, err := run(ctx, scratchChecks(), byWay(t, s, &between{word: "ADD COLUMN extra", seen: stop}), Options{Only: []string{privileges}}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	expect(t, report, privileges, Skipped, "interrupted")
	if left := s.Strings(t, "SHOW TABLES FROM zenml"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestLeftoversAreNamedHoweverTheCheckEnds makes no claim about what is left:
// the check says that something is.
func TestLeftoversAreNamedHoweverTheCheckEnds(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status Status
		say    string
		next   Status
	}{
		"holds":   {nil, Warned, "all is well", Pass},
		"skipped": {Skip("no way in"), Warned, "no way in", Skipped},
		"fault":   {&Fault{Found: "broken", Remedy: "mend it", Cause: context.DeadlineExceeded}, Failed, "broken", Skipped},
		"limit":   {context.DeadlineExceeded, Failed, "deadline", Skipped},
	} {
		t.Run(name, func(t *testing.T) {
			table := []Check{
				{ID: "a.made", Severity: MustPass, Why: "it matters", Run: func(_ context.Context, e *Env) (string, error) {
					e.leave(Leftover{What: "the thing", Remedy: "rm thing"})
					return "all is well", c.err
				}},
				{ID: "a.next", Severity: MustPass, Needs: []string{"a.made"}, Run: passes},
			}
			r := mustRun(t, table, Options{})
			expect(t, r, "a.made", c.status, c.say, "left behind: the thing", "rm thing")
			if next, _ := r.ByID("a.next"); next.Status != c.next {
				t.Errorf("what needs it is %s, want %s", next.Status, c.next)
			}
			if left := r.Left(); len(left) != 1 || left[0].Remedy != "rm thing" {
				t.Errorf("%v", left)
			}
		})
	}
}

var all = []string{"*"}

// TestPodThatMayNotBeRemoved takes the right to delete away, before the look
// and while it lasts.
func TestPodThatMayNotBeRemoved(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	whole := rbacv1.PolicyRule{APIGroups: all, Resources: all, Verbs: all}
	less := rbacv1.PolicyRule{APIGroups: all, Resources: all, Verbs: []string{"get", "list", "watch", "create", "update", "patch"}}
	name := s.DatabaseName(t)

	b := &between{target: net.JoinHostPort(s.Database.Host, strconv.Itoa(s.Database.Port))}
	port := b.listen(t, s.HostAddress)
	e := s.withPods(func(m *answers.MySQL) { m.Host, m.Port, m.Name = s.HostAddress, port, name })
	e.Cluster = serviceAccount(t, s.Cluster, s.namespace, whole)
	b.word, b.seen = name, func() { s.allow(e, less) } // the pod has come as far as the database's name
	result := expect(t, look(t, e, inClusterID), inClusterID, Warned, "logs in", "left behind: pod and secret zenml-preflight-", "kubectl -n "+s.namespace+" delete pod,secret zenml-preflight-")
	if strings.Contains(result.Message, "no result") {
		t.Error(result.Message)
	}
	made := s.made()
	if len(made) != 2 {
		t.Errorf("there are %v", made)
	}

	expect(t, look(t, e, inClusterID), inClusterID, Skipped, "you may not delete pods", "would stay")
	if now := s.made(); !slices.Equal(now, made) {
		t.Errorf("made all the same: %v beside %v", now, made)
	}
}

// allow changes what the restricted account may do, and waits until it is so.
func (s *stage) allow(e *Env, rule rbacv1.PolicyRule) {
	roles := s.client.RbacV1().Roles(s.namespace)
	role, err := roles.Get(contextOf(s.t), "restricted", metav1.GetOptions{})
	if err == nil {
		role.Rules = []rbacv1.PolicyRule{rule}
		_, err = roles.Update(contextOf(s.t), role, metav1.UpdateOptions{})
	}
	if err != nil {
		s.t.Error(err)
	}
	for _, kind := range []string{"pods", "secrets"} {
		for may := true; may && err == nil && s.t.Context().Err() == nil; {
			may, err = e.allowed(s.t.Context(), right{resource: kind, verb: "delete"}.attributes(s.namespace))
		}
	}
}

// made are the names of what looks have made in the stage's namespace.
func (s *stage) made() []string {
	s.t.Helper()
	ctx, options := contextOf(s.t), metav1.ListOptions{LabelSelector: lookSelector}
	pods, err := s.client.CoreV1().Pods(s.namespace).List(ctx, options)
	must(s.t, err)
	secrets, err := s.client.CoreV1().Secrets(s.namespace).List(ctx, options)
	must(s.t, err)
	var names []string
	for _, p := range pods.Items {
		names = append(names, "pod "+p.Name)
	}
	for _, o := range secrets.Items {
		names = append(names, "secret "+o.Name)
	}
	return names
}
