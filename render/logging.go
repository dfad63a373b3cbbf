package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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
	d.plain("logging.format", l.Format, "server.logging.format", "ZENML_CONSOLE_LOGGING_FORMAT")
	if l.NoColors {
		d.set("logging.colorsDisabled", true, "server.logging.noColors").prove(serverSees("ZENML_LOGGING_COLORS_DISABLED", "true"))
	}
}

// openTelemetry writes where traces, metrics and logs go.
func openTelemetry(d *draft) {
	o := d.a.Server.OpenTelemetry
	d.comment("openTelemetry", "Where traces, metrics and logs go (server.openTelemetry).")
	for _, p := range []struct{ name, variable, value string }{
		{"endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", o.Endpoint},
		{"serviceName", "OTEL_SERVICE_NAME", o.ServiceName},
		{"tracesEndpoint", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", o.TracesEndpoint},
		{"metricsEndpoint", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", o.MetricsEndpoint},
		{"logsEndpoint", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", o.LogsEndpoint},
	} {
		if p.value != "" {
			d.set("openTelemetry."+p.name, p.value, "server.openTelemetry."+p.name).prove(serverSeesEnding(p.variable, p.value))
		}
	}
	for _, signal := range o.Disable {
		d.set("openTelemetry."+signal+"Enabled", false, "server.openTelemetry.disable").
			prove(serverSeesEnding("OTEL_"+strings.ToUpper(signal)+"_ENABLED", "false"))
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
