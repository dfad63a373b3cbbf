package values_test

import (
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// BenchmarkValues builds the values of the largest sample.
func BenchmarkValues(b *testing.B) {
	for _, generation := range rendertest.Generations {
		b.Run(generation, func(b *testing.B) {
			c := rendertest.Load(b, generation)
			a := rendertest.Samples(b)["mysql-plain"]
			if generation == "current" {
				a = rendertest.Samples(b)["mysql-production"]
			}
			s := rendertest.Settings(a)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := values.Build(a, c.Info, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Building the values must take less than 100 ms.
func TestBuildIsFast(t *testing.T) {
	c := rendertest.Load(t, "current")
	a := rendertest.Samples(t)["mysql-production"]
	best := time.Hour
	for range 5 {
		start := time.Now()
		if _, err := values.Build(a, c.Info, rendertest.Settings(a)); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	t.Logf("best of 5: %v", best)
	if best > 100*time.Millisecond {
		t.Errorf("it took %v", best)
	}
}
