package transport

import (
	"errors"
	"net/url"
)

// WithoutURL removes the URL that net/http adds to its errors: messages name
// the reference already, and the URL may contain a password.
func WithoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
