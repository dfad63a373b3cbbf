package transport

import (
	"errors"
	"net/url"
)

// WithoutURL strips the URL that net/http puts in front of its errors: the reference
// is named already, and the URL may hold a password.
func WithoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
