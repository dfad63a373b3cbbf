package check

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func passes(context.Context, *Env) (string, error) { return "fine", nil }

func fails(context.Context, *Env) (string, error) {
	return "", &Fault{Summary: "it is broken", Remedy: "fix it"}
}

func statuses(r Report) string {
	var all []string
	for _, result := range r.Results {
		all = append(all, result.Check.ID+"="+string(result.Status))
	}
	return strings.Join(all, " ")
}

func mustRun(t *testing.T, table []Check, o Options) Report {
	t.Helper()
	report, err := Run(t.Context(), table, &Env{}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func chain(middle func(context.Context, *Env) (string, error), severity Severity) []Check {
	return []Check{
		{ID: "a.one", Severity: MustPass, Run: passes},
		{ID: "a.two", Severity: severity, Needs: []string{"a.one"}, Run: middle, Reason: "it matters"},
		{ID: "b.three", Severity: MustPass, Needs: []string{"a.two"}, Run: passes},
		{ID: "b.four", Severity: MustPass, Run: passes},
	}
}

func TestRunSkipsDependents(t *testing.T) {
	r := mustRun(t, chain(fails, MustPass), Options{})
	if got, want := statuses(r), "a.one=pass a.two=fail b.three=skip b.four=pass"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	three, _ := r.ByID("b.three")
	two, _ := r.ByID("a.two")
	if three.Message != "needs a.two" || two.Reason != "it matters" || two.Remedy != "fix it" || r.Verdict() != Failed {
		t.Errorf("three %+v, two %+v", three, two)
	}
}

func TestRunWarningBlocksOnlyIfMarked(t *testing.T) {
	if got := statuses(mustRun(t, chain(fails, ShouldPass), Options{})); !strings.Contains(got,
		"a.two=warn b.three=pass") {
		t.Error(got)
	}
	blocking := func(context.Context, *Env) (string, error) { return "", &Fault{Summary: "x", Warn: true, Blocks: true} }
	if got := statuses(mustRun(t, chain(blocking, MustPass), Options{})); !strings.Contains(got,
		"a.two=warn b.three=skip") {
		t.Error(got)
	}
}

func TestRunOptions(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{Only: []string{"b.three"}}, "a.one=pass a.two=fail b.three=skip"},
		{Options{Only: []string{"a"}}, "a.one=pass a.two=fail"},
		{Options{Skip: []string{"a.two"}}, "a.one=pass a.two=skip b.three=pass b.four=pass"},
		{Options{WarnOnly: []string{"a"}}, "a.one=pass a.two=warn b.three=skip b.four=pass"},
	} {
		if got := statuses(mustRun(t, chain(fails, MustPass), c.options)); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.options, got, c.want)
		}
	}
	_, err := Run(t.Context(), chain(fails, MustPass), &Env{}, Options{Skip: []string{"a.too"}}, nil)
	var unknown *UnknownError
	if !errors.As(err, &unknown) || unknown.Name != "a.too" || !strings.Contains(err.Error(), "did you mean a.two?") {
		t.Errorf("unknown id: %v", err)
	}
}

func TestRunReadOnly(t *testing.T) {
	table := chain(passes, MustPass)
	table[1].Writes = true
	r := mustRun(t, table, Options{ReadOnly: true})
	if two, _ := r.ByID("a.two"); two.Status != Skipped || !strings.Contains(two.Message, "--read-only") {
		t.Errorf("%+v", two)
	}
}

// TestRunConcurrently makes every check of two chains wait for a check of the
// other chain, which would deadlock if they ran one after another.
func TestRunConcurrently(t *testing.T) {
	left, right := make(chan bool), make(chan bool)
	meet := func(send, receive chan bool) func(context.Context, *Env) (string, error) {
		return func(ctx context.Context, _ *Env) (string, error) {
			for range 2 {
				select {
				case send <- true:
					send = nil
				case <-receive:
					receive = nil
				case <-ctx.Done():
					return "", ctx.Err()
				}
			}
			return "", nil
		}
	}
	table := []Check{
		{ID: "a.one", Severity: MustPass, Run: meet(left, right)},
		{ID: "b.one", Severity: MustPass, Run: meet(right, left)},
		{ID: "a.two", Severity: MustPass, Needs: []string{"a.one"}, Run: meet(left, right)},
		{ID: "b.two", Severity: MustPass, Needs: []string{"b.one"}, Run: meet(right, left)},
	}
	if got := statuses(mustRun(t, table, Options{})); got != "a.one=pass b.one=pass a.two=pass b.two=pass" {
		t.Error(got)
	}
}

func TestRunTimeLimit(t *testing.T) {
	table := []Check{
		{
			ID:       "a.slow",
			Severity: MustPass,
			Limit:    20 * time.Millisecond,
			Run: func(ctx context.Context, _ *Env) (string, error) {
				<-ctx.Done()
				return "", ctx.Err()
			},
		},
	}
	r := mustRun(t, table, Options{})
	if slow := r.Results[0]; slow.Status != Failed || !strings.Contains(slow.Message, "no result within 20ms") {
		t.Errorf("%+v", slow)
	}
}

var foreverMemo = NewMemo[string]("forever")

func TestRunCancelled(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(t.Context())
	table := chain(func(ctx context.Context, e *Env) (string, error) {
		cancel()
		return foreverMemo.Get(ctx, e, func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
	}, MustPass)
	report, err := Run(ctx, table, &Env{}, Options{}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if two, _ := report.ByID("a.two"); two.Status != Skipped || two.Message != "interrupted" {
		t.Errorf("%+v", two)
	}
}

var flakyMemo = NewMemo[string]("flaky")

func TestRunRetriesTransientFault(t *testing.T) {
	var asked atomic.Int32
	flaky := func(ctx context.Context, e *Env) (string, error) {
		return flakyMemo.Get(ctx, e, func(context.Context) (string, error) {
			if asked.Add(1) < 3 {
				return "", Transient(errors.New("not yet"))
			}
			return "there", nil
		})
	}
	r := mustRun(t, []Check{{ID: "a.flaky", Severity: MustPass, Run: flaky}}, Options{})
	if got := r.Results[0]; got.Status != Pass || got.Message != "there" || asked.Load() != 3 {
		t.Errorf("%+v after %d questions", got, asked.Load())
	}
}

var factMemo = NewMemo[string]("fact")

func TestMemoAsksOnce(t *testing.T) {
	var asked atomic.Int32
	ask := func(ctx context.Context, e *Env) (string, error) {
		return factMemo.Get(ctx, e, func(context.Context) (string, error) {
			asked.Add(1)
			return "", errors.New("no")
		})
	}
	var table []Check
	for _, id := range []string{"a.1", "a.2", "a.3", "a.4"} {
		table = append(table, Check{ID: id, Severity: MustPass, Run: ask})
	}
	mustRun(t, table, Options{})
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestRunPanic(t *testing.T) {
	r := mustRun(t, chain(func(context.Context, *Env) (string, error) { panic("boom") }, MustPass), Options{})
	if got := statuses(r); got != "a.one=pass a.two=fail b.three=skip b.four=pass" {
		t.Error(got)
	}
}

func TestRunRemovesControlCharacters(t *testing.T) {
	for _, run := range []func(context.Context, *Env) (string, error){
		func(context.Context, *Env) (string, error) { return "a\x1b[2Jb", nil },
		func(context.Context, *Env) (string, error) { return "", errors.New("a\x1b[2Jb") },
		func(context.Context, *Env) (string, error) { return "", Skip("a\x1b[2Jb") },
	} {
		r := mustRun(t, []Check{{ID: "a.b", Severity: MustPass, Run: run}}, Options{})
		if r.Results[0].Message != "ab" {
			t.Errorf("%q", r.Results[0].Message)
		}
	}
}

func TestRunObserver(t *testing.T) {
	started, ended, inside := 0, 0, atomic.Int32{}
	report, err := Run(t.Context(), chain(fails, MustPass), &Env{}, Options{}, func(e Event) {
		if inside.Add(1) != 1 {
			t.Error("two events at a time")
		}
		if e.Result == nil {
			started++
		} else {
			ended++
		}
		inside.Add(-1)
	})
	if err != nil || started != 3 || ended != len(report.Results) {
		t.Errorf("%d starts, %d results, %v", started, ended, err)
	}
}

func TestRunSettlesLocalFault(t *testing.T) {
	local := func(context.Context, *Env) (string, error) {
		return "", &Fault{Summary: "no route", Remedy: "fix it", Local: true}
	}
	table := func(pod func(context.Context, *Env) (string, error)) []Check {
		return []Check{
			{ID: "a.connect", Severity: MustPass, SettledBy: "a.pod", Run: local},
			{ID: "a.login", Severity: MustPass, Needs: []string{"a.connect"}, Run: passes},
			{ID: "a.pod", Severity: MustPass, Run: pod},
		}
	}
	r := mustRun(t, table(passes), Options{})
	if got := statuses(r); got != "a.connect=warn a.login=skip a.pod=pass" {
		t.Error(got)
	}
	if got := statuses(mustRun(t, table(fails), Options{})); got != "a.connect=fail a.login=skip a.pod=fail" {
		t.Error(got)
	}
	if got := statuses(
		mustRun(t, table(passes), Options{Skip: []string{"a.pod"}})); got != "a.connect=fail a.login=skip a.pod=skip" {
		t.Error(got)
	}
}
