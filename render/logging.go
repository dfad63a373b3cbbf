package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// logging writes what the server logs. Charts before the server: layout know
// only debug on or off; there the server's own variable has the last word.
func logging(d *draft) {
	l := d.a.Server.Logging
	const verbosity = "server.logging.verbosity"
	sees := serverSees("ZENML_LOGGING_VERBOSITY", strings.ToUpper(l.Verbosity))
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
	d.bind(binding{"logging.format", "server.logging.format", "ZENML_CONSOLE_LOGGING_FORMAT", &d.a.Server.Logging.Format})
	if l.NoColors {
		d.set("logging.colorsDisabled", true, "server.logging.noColors").prove(serverSees("ZENML_LOGGING_COLORS_DISABLED", "true"))
	}
}

// openTelemetry writes where traces, metrics and logs go.
func openTelemetry(d *draft) {
	o := d.a.Server.OpenTelemetry
	d.comment("openTelemetry", "Where traces, metrics and logs go (server.openTelemetry).")
	for _, b := range otelBindings(&d.a.Server.OpenTelemetry) {
		if at := b.at.(*string); *at != "" {
			d.set(b.name, *at, b.answer).prove(serverSeesEnding(b.variable, *at))
		}
	}
	for _, signal := range o.Disable {
		d.set("openTelemetry."+signal+"Enabled", false, "server.openTelemetry.disable").
			prove(serverSeesEnding("OTEL_"+strings.ToUpper(signal)+"_ENABLED", "false"))
	}
}

func otelBindings(o *answers.OpenTelemetry) []binding {
	return []binding{
		{"openTelemetry.endpoint", "server.openTelemetry.endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", &o.Endpoint},
		{"openTelemetry.serviceName", "server.openTelemetry.serviceName", "OTEL_SERVICE_NAME", &o.ServiceName},
		{"openTelemetry.tracesEndpoint", "server.openTelemetry.tracesEndpoint", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &o.TracesEndpoint},
		{"openTelemetry.metricsEndpoint", "server.openTelemetry.metricsEndpoint", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &o.MetricsEndpoint},
		{"openTelemetry.logsEndpoint", "server.openTelemetry.logsEndpoint", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &o.LogsEndpoint},
	}
}

// secureHeaders writes the HTTP headers that protect the dashboard.
func secureHeaders(d *draft) {
	headers := d.a.Server.SecureHeaders
	if len(headers) > 0 {
		d.comment("secure_headers", "HTTP headers of the server (server.secureHeaders).")
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		path := append(d.server("secure_headers"), name)
		s := &setting{path: path, value: headers[name], answers: []string{"server.secureHeaders"}}
		d.values = append(d.values, s.prove(serverSees(fmt.Sprintf("ZENML_SERVER_SECURE_HEADERS_%s", strings.ToUpper(name)), headers[name])))
	}
}
