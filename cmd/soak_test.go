package cmd

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// soakCycles is the number of cycles of TestSoak.
const soakCycles = "ZENML_TEST_SOAK_CYCLES"

// soakBenches is how many releases are installed at the same time.
const soakBenches = 4

// memoryUse is what the process uses when no run is active.
type memoryUse struct {
	heap       uint64 // bytes in use after a garbage collection
	goroutines int
}

func measureMemory() memoryUse {
	runtime.GC()
	runtime.GC() // also what finalizers have released
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return memoryUse{stats.HeapAlloc, runtime.NumGoroutine()}
}

// residentMemory is the process's resident set, as the kernel reports it.
func residentMemory() string {
	content, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(content), "VmRSS:")
	line, _, _ := strings.Cut(after, "\n")
	return strings.Join(strings.Fields(line), " ")
}

// TestSoak installs, upgrades and uninstalls again and again in one process.
// Nothing may be left in the cluster, and the memory must not grow.
func TestSoak(t *testing.T) {
	cycles, err := strconv.Atoi(os.Getenv(soakCycles)) //nolint:forbidigo // set by make soak
	if err != nil {
		t.Skip("takes long: run make soak")
	}
	c := testcluster.Start(t)
	benches := make([]*killBench, soakBenches)
	for i := range benches {
		benches[i] = newKillBench(t, c)
	}
	var used []memoryUse
	for round := range (cycles + soakBenches - 1) / soakBenches {
		var work sync.WaitGroup
		for _, b := range benches {
			work.Go(func() { b.cycle() })
		}
		work.Wait()
		if t.Failed() {
			t.Fatalf("round %d failed", round+1)
		}
		now := measureMemory()
		used = append(used, now)
		t.Logf("SOAK %d cycles | heap %.1f MiB | %d goroutines | resident %s", (round+1)*soakBenches,
			float64(now.heap)/(1<<20), now.goroutines, residentMemory())
	}
	expectFlat(t, used)
}

// cycle installs, upgrades and uninstalls a release.
func (b *killBench) cycle() {
	for _, step := range []struct {
		args []string
		text string
	}{
		{b.sqliteArgs("info"), "not activated"},
		{b.sqliteArgs("debug"), "these values change"},
		{b.uninstallArgs(), "Removed release zenml-server"},
	} {
		r := b.runs(step.args...)
		if r.code != exitDone || !strings.Contains(r.out+r.err, step.text) {
			b.t.Errorf("%s: exit code %d\n%s%s", strings.Join(step.args, " "), r.code, r.out, r.err)
			return
		}
	}
	if left := b.leftovers(); len(left) > 0 {
		b.t.Errorf("left behind: %s", strings.Join(left, ", "))
	}
}

func (b *killBench) sqliteArgs(verbosity string) []string {
	args := []string{"install", "--yes", "-n", b.namespace, "--output", filepath.Join(b.dir, "custom-values.yaml"), "--force",
		"--answer", "database.type=sqlite", "--answer", "server.logging.verbosity=" + verbosity}
	for _, group := range []string{"cluster.admission", "network", "local", "supply"} {
		args = append(args, "--skip", group)
	}
	return append(args, chartFlags(b.cluster, "current")...)
}

// expectFlat compares the end with the first half, without the first round, which
// fills caches.
func expectFlat(t *testing.T, used []memoryUse) {
	t.Helper()
	if len(used) < 4 {
		return
	}
	early, last := used[1:max(2, len(used)/2)], used[len(used)-1]
	most := slices.MaxFunc(early, func(a, b memoryUse) int { return int(a.heap) - int(b.heap) })
	if last.heap > most.heap+most.heap/5+4<<20 {
		t.Errorf("the heap grew from %d to %d bytes", most.heap, last.heap)
	}
	if last.goroutines > most.goroutines+10 {
		t.Errorf("the goroutines grew from %d to %d", most.goroutines, last.goroutines)
	}
}
