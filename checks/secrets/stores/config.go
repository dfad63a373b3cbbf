package stores

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ParseConfig parses a store's complete configuration, one JSON object. Nested
// objects are returned as JSON text. The error quotes nothing.
func ParseConfig(text string) (map[string]string, error) {
	var raw map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &raw) != nil {
		return nil, errors.New("it is not a JSON object")
	}
	config := map[string]string{}
	for key, value := range raw {
		var plain any
		if err := json.Unmarshal(value, &plain); err != nil {
			return nil, fmt.Errorf("%s is not JSON", key)
		}
		switch v := plain.(type) {
		case nil:
		case string:
			config[key] = v
		default:
			config[key] = string(value)
		}
	}
	return config, nil
}
