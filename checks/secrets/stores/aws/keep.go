package aws

import (
	"bytes"
	"io"
	"net/http"
)

// bodyKeeper is a client whose error responses can be read twice.
type bodyKeeper struct{ client *http.Client }

// maxBody is larger than any error response of AWS.
const maxBody = 64 << 10

// Do makes the request.
func (k bodyKeeper) Do(r *http.Request) (*http.Response, error) {
	response, err := k.client.Do(r) //nolint:gosec // the SDK makes the request, to the endpoint that the user names
	if err != nil || response.StatusCode < http.StatusBadRequest {
		return response, err
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = &body{Reader: bytes.NewReader(text), text: text}
	return response, nil
}

// body is the buffered body of an error response.
type body struct {
	io.Reader
	text []byte
}

// Close does nothing: the body has been read.
func (*body) Close() error { return nil }
