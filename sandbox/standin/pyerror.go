package standin

import (
	"fmt"
	"strings"
)

// pyError is an error of a Python server: an exception's class and text. Both
// are in the pod's log, which the installer parses.
type pyError struct {
	class string
	text  string
	cause error
}

func (e *pyError) Error() string { return e.class + ": " + e.text }

func (e *pyError) Unwrap() error { return e.cause }

// pyRepr quotes text like Python's repr: in single quotes unless it contains
// some and no double quotes.
func pyRepr(text string) string {
	quote := "'"
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = `"`
	}
	escaped := strings.NewReplacer(`\`, `\\`, "\n", `\n`, quote, `\`+quote).Replace(text)
	return quote + escaped + quote
}

// invalidSetting is the settings model's error about an invalid variable.
func invalidSetting(variable, fault string) error {
	return &pyError{
		class: "pydantic_core._pydantic_core.ValidationError",
		text:  fmt.Sprintf("1 validation error\n%s\n  Input %s", strings.ToLower(variable), fault),
	}
}

// databaseError is a DB-API error as formatted by SQLAlchemy, without a code if
// that is 0.
func databaseError(driver, class string, code int, message string, cause error) error {
	text := fmt.Sprintf("(%s.%s) %s", driver, class, message)
	if code != 0 {
		text = fmt.Sprintf("(%s.%s) (%d, %s)", driver, class, code, pyRepr(message))
	}
	return &pyError{class: "sqlalchemy.exc." + class, text: text, cause: cause}
}
