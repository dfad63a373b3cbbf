package values

import (
	"github.com/zenml-installer/zenml-installer/render/binding"
)

// auth sets the values for user and device login.
func auth(d *draft) {
	d.comment("auth", "How users and devices log in (server.auth).")
	if !d.a.Server.Auth.JWTSecretKey.IsZero() {
		d.variable(binding.JWTVariable, "auth.jwtSecretKey", "server.auth.jwtSecretKey")
	}
	for _, b := range binding.Auth(&d.a.Server.Auth) {
		d.bind(b)
	}
}
