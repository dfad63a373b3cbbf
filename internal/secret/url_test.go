package secret

import "testing"

func TestCleanURL(t *testing.T) {
	for text, want := range map[string]bool{
		"mysql://u@h:3306/z":                   true,
		"mysql://u:p%40%2Fss@[::1]:3306/z?a=b": true,
		"https://h/a/b?c=d":                    true,
		"mysql://u:p@55?w@h/z":                 false,
		"mysql://u:p@55/w@h/z":                 false,
		"mysql://u:p@w@h/z":                    false,
		"mysql://u:p#w@h/z":                    false,
		"mysql://u:p/w@h/z":                    false,
		"mysql://u:p?w@h/z":                    false,
		"mysql://u:p w@h/z":                    false,
		"mysql://u:%zz@h/z":                    false,
		"u:p@h":                                false,
	} {
		if _, got := CleanURL(text); got != want {
			t.Errorf("%s: clean is %v", text, got)
		}
	}
}

func TestWithoutLogin(t *testing.T) {
	for text, want := range map[string]string{
		"https://user:c4nary@charts.test/a": "https://charts.test/a",
		"https://c4nary@charts.test/a.tgz":  "https://charts.test/a.tgz",
		"https://charts.test/a?token=c4":    "https://charts.test/a",
		"https://user:c4%zz@charts.test/a":  Mask,
		"oci://charts.test:5000/a:1.0.0":    "oci://charts.test:5000/a:1.0.0",
		"./folder@1/chart.tgz":              "./folder@1/chart.tgz",
	} {
		if got := WithoutLogin(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
