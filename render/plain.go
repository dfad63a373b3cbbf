package render

import (
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// plainSettings writes the answers that the chart takes as they are and hands
// on in one variable.
func plainSettings(d *draft) {
	if d.a.Server.TelemetryOptOut {
		d.comment("analyticsOptIn", "No usage data to the ZenML project (server.telemetryOptOut).")
		d.set("analyticsOptIn", false, "server.telemetryOptOut").prove(serverSees("ZENML_ANALYTICS_OPT_IN", "False"))
	}
	if d.a.Server.ImplicitAuthMethods {
		d.comment("enableImplicitAuthMethods", "Service connectors may act under the pods' own identity (server.implicitAuthMethods).")
		d.set("enableImplicitAuthMethods", true, "server.implicitAuthMethods").prove(serverSees("ZENML_ENABLE_IMPLICIT_AUTH_METHODS", "True"))
	}
	for _, b := range serverBindings(&d.a.Server) {
		d.bind(b)
	}
}

// binding joins an answer with the chart's setting of the same meaning and the
// variable in which the server finds it. It serves both ways.
type binding struct {
	name     string // of the chart, below the server's key
	answer   string
	variable string
	at       any // *string, *int, **int or *[]string in the answers
}

func serverBindings(s *answers.Server) []binding {
	return []binding{
		{"defaultProject", "server.defaultProject", "ZENML_DEFAULT_PROJECT_NAME", &s.DefaultProject},
		{"threadPoolSize", "server.threadPoolSize", "ZENML_SERVER_THREAD_POOL_SIZE", &s.ThreadPoolSize},
		{"authThreadPoolSize", "server.authThreadPoolSize", "ZENML_SERVER_AUTH_THREAD_POOL_SIZE", &s.AuthThreadPoolSize},
		{"requestTimeout", "server.requestTimeout", "ZENML_SERVER_REQUEST_TIMEOUT", &s.RequestTimeout},
		{"requestCacheTimeout", "server.requestCacheTimeout", "ZENML_SERVER_REQUEST_CACHE_TIMEOUT", &s.RequestCacheTimeout},
	}
}

// bind writes what was answered.
func (d *draft) bind(b binding) {
	switch at := b.at.(type) {
	case *string:
		if *at != "" {
			d.set(b.name, *at, b.answer).prove(serverSees(b.variable, *at))
		}
	case *int:
		if *at != 0 {
			d.set(b.name, *at, b.answer).prove(serverSees(b.variable, strconv.Itoa(*at)))
		}
	case **int:
		if n := *at; n != nil {
			d.set(b.name, orZero(*n), b.answer).prove(serverSees(b.variable, strconv.Itoa(*n)))
		}
	case *[]string:
		if len(*at) > 0 {
			d.set(b.name, *at, b.answer).prove(serverSees(b.variable, strings.Join(*at, ",")))
		}
	}
}

// orZero is a number as the charts take it: they leave out a setting that is
// the number 0, as if it were not there, but not the text.
func orZero(n int) any {
	if n == 0 {
		return "0"
	}
	return n
}
