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
