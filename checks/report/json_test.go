package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

func TestJSONIsTheContract(t *testing.T) {
	var out strings.Builder
	checktest.Must(t, JSON(&out, sample()))
	golden(t, "report.json", out.String())
	var read struct {
		Version int
		Summary map[string]int
		Checks  []map[string]any
	}
	checktest.Must(t, json.Unmarshal([]byte(out.String()), &read))
	if read.Version != 1 || read.Summary["passed"] != 1 || read.Summary["warned"] != 2 || read.Summary["failed"] != 1 ||
		read.Summary["skipped"] != 1 ||
		read.Summary["durationMs"] != 1873 {
		t.Errorf("summary %+v", read.Summary)
	}
	for _, c := range read.Checks {
		for _, member := range []string{"id", "group", "title", "status", "message", "hint", "docs", "durationMs"} {
			if _, ok := c[member]; !ok {
				t.Errorf("%v has no %s", c["id"], member)
			}
		}
	}
}
