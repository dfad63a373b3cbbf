package render

import (
	"testing"
	"time"
)

// BenchmarkValues writes the values of the largest sample.
func BenchmarkValues(b *testing.B) {
	for _, generation := range generations {
		b.Run(generation, func(b *testing.B) {
			c := load(b, generation)
			a := samples(b)["mysql-plain"]
			if generation == "current" {
				a = samples(b)["mysql-production"]
			}
			s := settings(a)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Values(a, c.Info, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Writing values takes far less than the tenth of a second that it may take.
func TestValuesAreWrittenFast(t *testing.T) {
	c := load(t, "current")
	a := samples(t)["mysql-production"]
	best := time.Hour
	for range 5 {
		start := time.Now()
		if _, err := Values(a, c.Info, settings(a)); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	t.Logf("best of 5: %v", best)
	if best > 100*time.Millisecond {
		t.Errorf("it took %v", best)
	}
}
