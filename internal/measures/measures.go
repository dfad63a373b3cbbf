package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// The limits.
const (
	maxMedianFunction  = 10 // lines
	maxP90Function     = 25 // lines
	maxPackageFiles    = 45 // without tests
	maxFileLines       = 320
	maxLongLinesPer10k = 50 // 0.5 %
	minNamedTests      = 90 // percent
)

// measure is a metric and whether it is within its limit.
type measure struct {
	name     string
	value    string
	limit    string
	met      bool
	examples []string // what exceeds the limit
}

// String formats the measure as one line, followed by what exceeds the limit.
func (m measure) String() string {
	mark := "ok  "
	if !m.met {
		mark = "FAIL"
	}
	line := fmt.Sprintf("%s  %-36s %10s   limit %s", mark, m.name, m.value, m.limit)
	if m.met {
		return line
	}
	return strings.Join(append([]string{line}, m.examples...), "\n        ")
}

func (t tree) measures() []measure {
	return []measure{
		t.functionLength("function length, median", 50, maxMedianFunction),
		t.functionLength("function length, 90th percentile", 90, maxP90Function),
		t.packageSize(),
		t.fileLength(),
		t.lineWidth(),
		t.namedTests(),
	}
}

func (t tree) functionLength(name string, percent, limit int) measure {
	var lengths []int
	for _, f := range t.sources {
		lengths = append(lengths, f.functions...)
	}
	value := percentile(lengths, percent)
	return measure{name: name, value: fmt.Sprint(value), limit: fmt.Sprint(limit), met: value <= limit}
}

// percentile returns the smallest value that percent of the values do not
// exceed, or 0 without values.
func percentile(values []int, percent int) int {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)*percent+99)/100-1]
}

func (t tree) packageSize() measure {
	files := map[string]int{}
	for _, f := range t.sources {
		files[path.Dir(f.path)]++
	}
	m := measure{name: "non-test files in the largest package", limit: fmt.Sprint(maxPackageFiles), met: true}
	largest := 0
	for folder, count := range files {
		largest = max(largest, count)
		if count > maxPackageFiles {
			m.met = false
			m.examples = append(m.examples, fmt.Sprintf("%s: %d files", folder, count))
		}
	}
	m.value = fmt.Sprint(largest)
	return m
}

func (t tree) fileLength() measure {
	m := measure{name: "lines of the longest file", limit: fmt.Sprint(maxFileLines), met: true}
	longest := 0
	for _, f := range t.sources {
		longest = max(longest, f.lines)
		if f.lines > maxFileLines {
			m.met = false
			m.examples = append(m.examples, fmt.Sprintf("%s: %d lines", f.path, f.lines))
		}
	}
	m.value = fmt.Sprint(longest)
	return m
}

func (t tree) lineWidth() measure {
	all, long := 0, 0
	m := measure{name: fmt.Sprintf("lines over %d columns", maxColumns), limit: "0.50 %"}
	for _, f := range slices.Concat(t.sources, t.tests) {
		all += f.lines
		long += f.longLines
		if f.longLines > 0 {
			m.examples = append(m.examples, fmt.Sprintf("%s: %d lines", f.path, f.longLines))
		}
	}
	m.value = fmt.Sprintf("%.2f %%", 100*float64(long)/float64(max(all, 1)))
	m.met = long*10000 <= all*maxLongLinesPer10k
	return m
}

// namedTests measures the share of test files that are named after a source
// file in their folder, ignoring platform suffixes. main_test.go and
// export_test.go count as named. Folders with only tests and package
// documentation are ignored.
func (t tree) namedTests() measure {
	sources, folders := map[string]bool{}, map[string]bool{}
	for _, f := range t.sources {
		sources[f.path] = true
		folders[path.Dir(f.path)] = folders[path.Dir(f.path)] || path.Base(f.path) != "doc.go"
	}
	m := measure{name: "test files named after a source file", limit: fmt.Sprintf("at least %d %%", minNamedTests)}
	named, all := 0, 0
	for _, f := range t.tests {
		if !folders[path.Dir(f.path)] {
			continue
		}
		all++
		if sources[sourceOf(f.path)] || slices.Contains([]string{"main_test.go", "export_test.go"}, path.Base(f.path)) {
			named++
		} else {
			m.examples = append(m.examples, f.path)
		}
	}
	m.value = fmt.Sprintf("%d of %d", named, all)
	m.met = named*100 >= all*minNamedTests
	return m
}

// sourceOf returns the path of the source file that a test file is named after.
func sourceOf(test string) string {
	name := strings.TrimSuffix(test, "_test.go")
	for _, platform := range []string{"_linux", "_unix", "_windows", "_other"} {
		name = strings.TrimSuffix(name, platform)
	}
	return name + ".go"
}
