package supervisor

import (
	"strings"
	"testing"
)

func TestRemedyNamesTheLimitThatIsUsedUp(t *testing.T) {
	said := `E1123 server.go:1] "Unable to create fsnotify watcher" err="too many open files"`
	if got := remedy(said); !strings.Contains(got, "fs.inotify.max_user_instances") {
		t.Error(got)
	}
	if got := remedy("F1123 bind: address already in use"); got != "" {
		t.Error(got)
	}
}
