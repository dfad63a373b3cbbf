package gcp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// maxBody is larger than any response of these APIs.
const maxBody = 1 << 20

func (s *Store) secretsURL() string {
	return s.endpoint("SECRETMANAGER", "secretmanager.googleapis.com") + "v1/projects/" + url.PathEscape(
		s.config.ProjectID) + "/secrets"
}

func (s *Store) secretURL(name string) string { return s.secretsURL() + "/" + name }

func (s *Store) get(ctx context.Context, address string, into any) error {
	return s.call(ctx, http.MethodGet, address, nil, into)
}

// call makes a request and decodes its JSON. An error response is an *apiError.
func (s *Store) call(ctx context.Context, method, address string, body, into any) error {
	token, err := s.tokens.Token()
	if err != nil {
		return err
	}
	var content io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	token.SetAuthHeader(request)
	response, err := s.machine.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return refusal(response.StatusCode, data)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(data, into)
}

func refusal(status int, data []byte) error {
	var wrapped struct{ Error *apiError }
	if json.Unmarshal(data, &wrapped) == nil && wrapped.Error != nil {
		return wrapped.Error
	}
	return &apiError{
		Code:    status,
		Status:  http.StatusText(status),
		Message: fmt.Sprintf("a response of %d bytes that is not from Google", len(data)),
	}
}
