package standin

import (
	"net/http"
	"strings"
)

// secureHeader is a header that the server sends unless its variable disables
// or replaces it.
type secureHeader struct{ variable, header, value string }

// secureHeaderDefaults are the headers and their values for "enabled". HSTS is
// on by default and covers subdomains. The pages have a stricter content
// security policy.
var secureHeaderDefaults = []secureHeader{
	{"SERVER", "Server", "zenml-stand-in"},
	{"HSTS", "Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
	{"XFO", "X-Frame-Options", "SAMEORIGIN"},
	{"CONTENT", "X-Content-Type-Options", "nosniff"},
	{"CSP", "Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'"},
	{"REFERRER", "Referrer-Policy", "no-referrer-when-downgrade"},
	{"CACHE", "Cache-Control", "no-store, no-cache, must-revalidate"},
	{
		"PERMISSIONS",
		"Permissions-Policy",
		"accelerometer=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	},
}

// secureHeaders sets the headers before the request is handled.
func (s *Server) secureHeaders(next http.Handler) http.Handler {
	headers := map[string]string{}
	for _, h := range secureHeaderDefaults {
		switch setting := s.env.or("ZENML_SERVER_SECURE_HEADERS_"+h.variable, "enabled"); strings.ToLower(setting) {
		case "enabled", "true", "yes", "on":
			headers[h.header] = h.value
		case "disabled", "false", "no", "off", "none":
		default:
			headers[h.header] = setting
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for header, value := range headers {
			w.Header().Set(header, value)
		}
		next.ServeHTTP(w, r)
	})
}
