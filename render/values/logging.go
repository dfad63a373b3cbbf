package values

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// logging sets the log level and format. Legacy charts have only a debug
// switch; there it sets the level with the server's variable, which takes
// precedence.
func logging(d *draft) {
	l := d.a.Server.Logging
	const verbosity = "server.logging.verbosity"
	sees := proof.ServerHas("ZENML_LOGGING_VERBOSITY", strings.ToUpper(l.Verbosity))
	switch {
	case l.Verbosity == "":
	case d.has("logging.verbosity"):
		d.set("logging.verbosity", l.Verbosity, verbosity).prove(sees)
	case l.Verbosity == "debug":
		d.set("debug", true, verbosity).prove(sees)
	default:
		d.set("debug", false, verbosity)
		d.set("environment.ZENML_LOGGING_VERBOSITY", strings.ToUpper(l.Verbosity), verbosity).prove(sees)
	}
	d.bind(
		binding.Binding{
			Name:     "logging.format",
			Answer:   "server.logging.format",
			Variable: "ZENML_CONSOLE_LOGGING_FORMAT",
			At:       &d.a.Server.Logging.Format,
		},
	)
	if l.NoColors {
		d.set("logging.colorsDisabled", true, "server.logging.noColors").
			prove(proof.ServerHas("ZENML_LOGGING_COLORS_DISABLED", "true"))
	}
}

// openTelemetry sets where traces, metrics and logs are exported.
func openTelemetry(d *draft) {
	o := d.a.Server.OpenTelemetry
	d.comment("openTelemetry", "Where traces, metrics and logs go (server.openTelemetry).")
	for _, b := range binding.OpenTelemetry(&d.a.Server.OpenTelemetry) {
		if at := b.At.(*string); *at != "" {
			d.set(b.Name, *at, b.Answer).prove(proof.ServerHasSuffix(b.Variable, *at))
		}
	}
	for _, signal := range o.Disable {
		d.set("openTelemetry."+signal+"Enabled", false, "server.openTelemetry.disable").
			prove(proof.ServerHasSuffix("OTEL_"+strings.ToUpper(signal)+"_ENABLED", "false"))
	}
}

// secureHeaders sets the HTTP security headers.
func secureHeaders(d *draft) {
	headers := d.a.Server.SecureHeaders
	if len(headers) > 0 {
		d.comment("secure_headers", "HTTP headers of the server (server.secureHeaders).")
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		path := append(d.server("secure_headers"), name)
		s := &setting{path: path, value: headers[name], answers: []string{"server.secureHeaders"}}
		d.values = append(
			d.values,
			s.prove(
				proof.ServerHas(fmt.Sprintf("ZENML_SERVER_SECURE_HEADERS_%s", strings.ToUpper(name)), headers[name]),
			),
		)
	}
}
