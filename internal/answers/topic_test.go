package answers

import "testing"

func TestAdvancedFieldsHaveTopics(t *testing.T) {
	for _, f := range Fields {
		if f.Advanced && f.Topic() == "" {
			t.Errorf("%s has no topic", f.Key)
		}
	}
}
