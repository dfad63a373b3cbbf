package transport

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
)

// objectName reads the name of the object in the body of a request.
func objectName(body io.Reader) string {
	var o struct {
		Metadata struct{ Name string }
	}
	if json.NewDecoder(body).Decode(&o) != nil {
		return "" // another format, or no object
	}
	return o.Metadata.Name
}

// sameObject returns the object that was found as the answer to the request if it
// has everything that was sent, and the refusal otherwise.
func sameObject(request *http.Request, refusal, found *http.Response) (*http.Response, error) {
	defer func() { _ = found.Body.Close() }()
	content, err := io.ReadAll(found.Body)
	if err != nil {
		return refusal, nil //nolint:nilerr // the refusal is an answer
	}
	body, err := request.GetBody()
	if err != nil {
		return refusal, nil //nolint:nilerr // the refusal is an answer
	}
	var sent, there any
	if json.NewDecoder(body).Decode(&sent) != nil || json.Unmarshal(content, &there) != nil || !contains(there, sent) {
		return refusal, nil
	}
	_ = refusal.Body.Close()
	found.Status, found.StatusCode = "201 Created", http.StatusCreated
	found.Body, found.ContentLength, found.Request = io.NopCloser(bytes.NewReader(content)), int64(len(content)),
		request
	return found, nil
}

// contains reports whether a value has everything that another has. Empty fields
// of the other may be missing.
func contains(have, want any) bool {
	switch want := want.(type) {
	case nil:
		return true
	case map[string]any:
		fields, ok := have.(map[string]any)
		for key, value := range want {
			if !isEmpty(value) && (!ok || !contains(fields[key], value)) {
				return false
			}
		}
		return true
	case []any:
		items, ok := have.([]any)
		if !ok || len(items) < len(want) {
			return false
		}
		for i := range want {
			if !contains(items[i], want[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(have, want)
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return false
}
