package aws

import (
	"bytes"
	"io"
	"net/http"
)

// keeping is a client whose refusals can be read again by who has the error.
type keeping struct{ client *http.Client }

// mostOfBody is more than any refusal of AWS holds.
const mostOfBody = 64 << 10

// Do makes the request.
func (k keeping) Do(r *http.Request) (*http.Response, error) {
	response, err := k.client.Do(r) //nolint:gosec // the SDK makes the request, to the endpoint that the user names
	if err != nil || response.StatusCode < http.StatusBadRequest {
		return response, err
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, mostOfBody))
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = &body{Reader: bytes.NewReader(text), text: text}
	return response, nil
}

// body is a refusal that keeps its text.
type body struct {
	io.Reader
	text []byte
}

// Close does nothing: all of it has been read.
func (*body) Close() error { return nil }
