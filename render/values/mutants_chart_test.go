package values_test

import (
	"regexp"
	"strings"

	helmchart "helm.sh/helm/v3/pkg/chart"

	"github.com/zenml-installer/zenml-installer/render/rendertest"
)

// chartMutant is a template without some of its lines.
type chartMutant struct {
	file     string
	from, to int // lines, to excluded
	text     string
}

var (
	opens         = regexp.MustCompile(`^\s*{{-?\s*(if|with|range)\b`)
	closes        = regexp.MustCompile(`^\s*{{-?\s*end\b`)
	turns         = regexp.MustCompile(`^\s*{{-?\s*else\b`)
	saysSomething = regexp.MustCompile(`^\s*(- )?[A-Za-z_{][^#]*:.*{{`)
)

// chartMutants returns a mutant for every line with output and every
// conditional block of the chart's templates.
func chartMutants(c rendertest.StandIn) []chartMutant {
	var all []chartMutant
	for _, f := range c.Helm.Templates {
		if strings.Contains(f.Name, "tests/") || strings.HasSuffix(f.Name, "NOTES.txt") {
			continue
		}
		lines := strings.Split(string(f.Data), "\n")
		for i, line := range lines {
			if saysSomething.MatchString(line) && !opens.MatchString(line) {
				all = append(all, chartMutant{f.Name, i, i + 1, strings.TrimSpace(line)})
			}
			if end := blockEnd(lines, i); opens.MatchString(line) && end > i+1 {
				all = append(all, chartMutant{f.Name, i + 1, end, "the block of " + strings.TrimSpace(line)})
			}
		}
	}
	return all
}

// blockEnd returns the line that ends the block starting at from, or its first
// else.
func blockEnd(lines []string, from int) int {
	depth := 0
	for i := from; i < len(lines); i++ {
		line := lines[i]
		if strings.Contains(line, "{{") && strings.Count(line, "{{") > 1 && opens.MatchString(line) &&
			strings.Contains(line, "end") {
			continue // block on a single line
		}
		switch {
		case opens.MatchString(line):
			depth++
		case turns.MatchString(line) && depth == 1:
			return i
		case closes.MatchString(line):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (m chartMutant) apply(c rendertest.StandIn) rendertest.StandIn {
	copied := *c.Helm
	copied.Templates = nil
	for _, f := range c.Helm.Templates {
		data := f.Data
		if f.Name == m.file {
			lines := strings.Split(string(f.Data), "\n")
			data = []byte(strings.Join(append(append([]string{}, lines[:m.from]...), lines[m.to:]...), "\n"))
		}
		copied.Templates = append(copied.Templates, &helmchart.File{Name: f.Name, Data: data})
	}
	return rendertest.StandIn{Info: c.Info, Helm: &copied}
}
