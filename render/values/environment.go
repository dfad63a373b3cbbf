package values

import (
	"maps"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// environment sets additional server variables.
func environment(d *draft) {
	plain := d.a.Server.Environment
	if len(plain) > 0 {
		d.comment("environment", "Further variables of the server (server.environment).")
	}
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		d.set("environment."+name, plain[name], "server.environment").prove(proof.PodsHave(name, plain[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(d.a.Server.SecretEnvironment)) {
		d.variable(name, "secretEnvironment."+name, environmentAnswer+name)
	}
}

// addVariable sets a variable of the server that no answer asks for, unless an
// answer or another section sets it. lost says what is lost without it.
func (d *draft) addVariable(name, value, lost string, from ...string) {
	_, hidden := d.a.Server.SecretEnvironment[name]
	_, plain := d.a.Server.Environment[name]
	path := d.server("environment." + name)
	if plain || hidden || slices.ContainsFunc(d.values, func(s *setting) bool { return slices.Equal(s.path, path) }) {
		return
	}
	d.set("environment."+name, value, from...).prove(proof.PodsHave(name, value)).added(lost)
}

// CanActivateItself reports whether the chart can pass the admin's password to
// the server from a Secret, so that the server activates itself.
func CanActivateItself(c chartinfo.Info) bool {
	layout, err := c.Layout()
	return err == nil && chartinfo.Knows(c, layout, []string{layout.Root, "environmentSecretKeyRefs"})
}

// activation sets the variables with which the server activates itself. The
// server reads them only while it is inactive; without a password it would
// create the admin with an empty one.
func activation(d *draft) {
	a := d.a.Admin
	if a.Activate != answers.ActivateAuto || a.Through != answers.ThroughEnvironment {
		return
	}
	d.comment("environment", "Further variables of the server: it activates itself at its first start (admin.through).")
	d.set("environment.ZENML_SERVER_AUTO_ACTIVATE", "1", "admin.activate", "admin.through").
		prove(proof.PodsHave("ZENML_SERVER_AUTO_ACTIVATE", "1"))
	d.set("environment.ZENML_DEFAULT_USER_NAME", a.Username, "admin.username").
		prove(proof.PodsHave("ZENML_DEFAULT_USER_NAME", a.Username))
	d.variable("ZENML_DEFAULT_USER_PASSWORD", "secretEnvironment.ZENML_DEFAULT_USER_PASSWORD", "admin.password")
}
