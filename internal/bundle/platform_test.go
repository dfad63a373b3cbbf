package bundle

import "testing"

func TestParsePlatforms(t *testing.T) {
	for text, valid := range map[string]bool{"linux/arm64": true, "linux/arm/v7": true, "arm64": false, "linux/": false,
		"a/b/c/d": false} {
		if _, err := ParsePlatforms([]string{text}); (err == nil) != valid {
			t.Errorf("%s: %v", text, err)
		}
	}
}
