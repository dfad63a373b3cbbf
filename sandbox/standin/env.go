// Package standin is a server that behaves like a ZenML server towards an
// installer: it reads the variables that the chart sets, migrates and opens the
// database, fails with the real server's messages, and serves the API calls of
// an install. It shares no code with the real server.
//
// It runs no pipelines, has no dashboard beyond the activation pages, and
// connects to no cloud: it checks only the configuration of a secrets store.
package standin

import (
	"fmt"
	"strconv"
	"strings"
)

// DefaultVersion is the default version that the server reports: that of the
// current stand-in chart.
const DefaultVersion = "0.98.1"

// Env is the environment of the process, by name. In addition to the server's
// variables it has:
//
//	ZENML_STANDIN_VERSION  the version to report and the revision to migrate to
//	ZENML_STANDIN_CLASSES  comma-separated class paths that a custom image contains
//	ZENML_CONFIG_PATH      folder of the server's files; default /zenml/.zenconfig
type Env map[string]string

// Version is the version the server reports, such as 0.98.1.
func (e Env) Version() string {
	if v := e["ZENML_STANDIN_VERSION"]; v != "" {
		return v
	}
	return DefaultVersion
}

// or returns a variable's value, or fallback if it is empty or unset.
func (e Env) or(name, fallback string) string {
	if v := e[name]; v != "" {
		return v
	}
	return fallback
}

// truth parses a boolean like the server's settings.
func (e Env) truth(name string, fallback bool) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(e[name])) {
	case "":
		return fallback, nil
	case "1", "true", "yes", "y", "on", "t":
		return true, nil
	case "0", "false", "no", "n", "off", "f":
		return false, nil
	}
	return false, invalidSetting(name, "should be a valid boolean, unable to interpret input")
}

// number parses an integer. 1e+06, which the chart renders for a million, is an
// error.
func (e Env) number(name string, fallback int) (int, error) {
	text := strings.TrimSpace(e[name])
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, invalidSetting(
			name,
			fmt.Sprintf("should be a valid integer, unable to parse string %s as an integer", pyRepr(text)),
		)
	}
	return n, nil
}

// integerSettings are the server's own settings that must be integers.
var integerSettings = []string{
	"ZENML_SERVER_JWT_TOKEN_LEEWAY_SECONDS",
	"ZENML_SERVER_JWT_TOKEN_EXPIRE_MINUTES",
	"ZENML_SERVER_MAX_FAILED_DEVICE_AUTH_ATTEMPTS",
	"ZENML_SERVER_DEVICE_AUTH_TIMEOUT",
	"ZENML_SERVER_DEVICE_AUTH_POLLING_INTERVAL",
	"ZENML_SERVER_DEVICE_EXPIRATION_MINUTES",
	"ZENML_SERVER_TRUSTED_DEVICE_EXPIRATION_MINUTES",
	"ZENML_SERVER_THREAD_POOL_SIZE",
	"ZENML_SERVER_AUTH_THREAD_POOL_SIZE",
	"ZENML_SERVER_REQUEST_TIMEOUT",
	"ZENML_SERVER_REQUEST_CACHE_TIMEOUT",
}

// checkSettings returns the errors of the server's settings model.
func (e Env) checkSettings() error {
	for _, name := range integerSettings {
		if _, err := e.number(name, 0); err != nil {
			return err
		}
	}
	return nil
}

// debug reports whether the server logs at debug level.
func (e Env) debug() bool {
	on, err := e.truth("ZENML_DEBUG", false)
	return (err == nil && on) || strings.EqualFold(e["ZENML_LOGGING_VERBOSITY"], "debug")
}
