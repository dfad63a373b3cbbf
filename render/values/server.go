package values

import (
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// plainSettings sets the answers that map to one chart value and one variable.
func plainSettings(d *draft) {
	if d.a.Server.TelemetryOptOut {
		d.comment("analyticsOptIn", "No usage data is sent to the ZenML project (server.telemetryOptOut).")
		d.set("analyticsOptIn", false, "server.telemetryOptOut").
			prove(proof.ServerHas("ZENML_ANALYTICS_OPT_IN", "False"))
	}
	if d.a.Server.ImplicitAuthMethods {
		d.comment(
			"enableImplicitAuthMethods",
			"Service connectors can use the identity of the pods (server.implicitAuthMethods).",
		)
		d.set("enableImplicitAuthMethods", true, "server.implicitAuthMethods").
			prove(proof.ServerHas("ZENML_ENABLE_IMPLICIT_AUTH_METHODS", "True"))
	}
	for _, b := range binding.Server(&d.a.Server) {
		d.bind(b)
	}
}

// bind sets the chart value of a binding if it has an answer.
func (d *draft) bind(b binding.Binding) {
	switch at := b.At.(type) {
	case *string:
		if *at != "" {
			d.set(b.Name, *at, b.Answer).prove(proof.ServerHas(b.Variable, *at))
		}
	case *int:
		if *at != 0 {
			d.set(b.Name, *at, b.Answer).prove(proof.ServerHas(b.Variable, strconv.Itoa(*at)))
		}
	case **int:
		if n := *at; n != nil {
			d.set(b.Name, orZero(*n), b.Answer).prove(proof.ServerHas(b.Variable, strconv.Itoa(*n)))
		}
	case *[]string:
		if len(*at) > 0 {
			d.set(b.Name, *at, b.Answer).prove(proof.ServerHas(b.Variable, strings.Join(*at, ",")))
		}
	}
}

// orZero returns n, or "0" for 0: the charts treat the number 0 as unset.
func orZero(n int) any {
	if n == 0 {
		return "0"
	}
	return n
}
