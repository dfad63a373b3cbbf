package prerequisite

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// helmFlags returns the flags of Helm that set values. Without --set-string, Helm reads
// the text "0" as a number.
func helmFlags(values map[string]any) []string {
	var plain, texts, flags []string
	for _, path := range tree.Leaves(values, nil) {
		switch key := tree.Dotted(path); value := tree.At(values, path).(type) {
		case string:
			texts = append(texts, key+"="+strings.ReplaceAll(value, ",", `\,`))
		case []any:
			list, _ := json.Marshal(value) // the values are constants of this package
			flags = append(flags, "--set-json", key+"="+string(list))
		default:
			plain = append(plain, fmt.Sprintf("%s=%v", key, value))
		}
	}
	if len(texts) > 0 {
		flags = append([]string{"--set-string", strings.Join(texts, ",")}, flags...)
	}
	if len(plain) > 0 {
		flags = append([]string{"--set", strings.Join(plain, ",")}, flags...)
	}
	return flags
}
