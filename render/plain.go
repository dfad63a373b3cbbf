package render

import (
	"fmt"
	"strings"
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
	s := d.a.Server
	d.plain("defaultProject", s.DefaultProject, "server.defaultProject", "ZENML_DEFAULT_PROJECT_NAME")
	d.plain("threadPoolSize", s.ThreadPoolSize, "server.threadPoolSize", "ZENML_SERVER_THREAD_POOL_SIZE")
	d.plain("authThreadPoolSize", s.AuthThreadPoolSize, "server.authThreadPoolSize", "ZENML_SERVER_AUTH_THREAD_POOL_SIZE")
	d.plain("requestTimeout", s.RequestTimeout, "server.requestTimeout", "ZENML_SERVER_REQUEST_TIMEOUT")
	d.plain("requestCacheTimeout", s.RequestCacheTimeout, "server.requestCacheTimeout", "ZENML_SERVER_REQUEST_CACHE_TIMEOUT")
}

// plain writes one answer that the server finds in one variable; a zero value
// was not answered.
func (d *draft) plain(name string, value any, key, variable string) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case int:
		if v == 0 {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
		d.set(name, v, key).prove(serverSees(variable, strings.Join(v, ",")))
		return
	}
	d.set(name, value, key).prove(serverSees(variable, fmt.Sprint(value)))
}
