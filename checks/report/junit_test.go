package report

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

func TestJUnitCounts(t *testing.T) {
	for name, failOnWarn := range map[string]bool{"junit.xml": false, "junit-fail-on-warn.xml": true} {
		var out strings.Builder
		checktest.Must(t, JUnit(&out, sample(), failOnWarn))
		golden(t, name, out.String())
		var read junitSuites
		checktest.Must(t, xml.Unmarshal([]byte(out.String()), &read))
		failures := 1
		if failOnWarn {
			failures = 3
		}
		if read.Tests != 5 || read.Failures != failures || read.Skipped != 1 || len(read.Suites) != 2 {
			t.Errorf("%s: %+v", name, read)
		}
	}
}
