package answers

import (
	"strings"
	"testing"
)

// No check repeats a password that was entered in the wrong place.
func TestChecksHidePasswords(t *testing.T) {
	const canary = "CANARYp"
	checked := 0
	for _, given := range []string{
		"root:" + canary + "@h", "root:" + canary + "@h:3306/x", "mysql://root:" + canary + "@h:3306/x", "https://root:" + canary + "@h/x",
		"Root:" + canary + "/y@h", "/a:" + canary + "@h/", "*.root:" + canary + "@h",
	} {
		for _, f := range Fields {
			for _, check := range []func(string) (string, string){f.Check, f.CheckName, choiceCheck(f)} {
				if check == nil {
					continue
				}
				checked++
				if problem, remedy := check(
					given,
				); strings.Contains(
					strings.ToLower(problem+remedy),
					strings.ToLower(canary),
				) {
					t.Errorf("%s: %s; %s", f.Key, problem, remedy)
				}
			}
			var a Answers
			if err := a.Set(f.Key, given); err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("%s: %v", f.Key, err)
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d checks ran", checked)
	}
	for key, want := range map[string]string{
		"expose.host": "enter only the host name, and set the path in expose.path", "database.mysql.host": "enter only the host, without user and password",
	} {
		f, _ := FieldByKey(key)
		if problem, remedy := f.Check("root:" + canary + "@h"); remedy != want {
			t.Errorf("%s: %s; %s", key, problem, remedy)
		}
	}
}

func choiceCheck(f Field) func(string) (string, string) {
	if f.Kind != Choice {
		return nil
	}
	return func(v string) (string, string) { return oneOf(f, v) }
}
