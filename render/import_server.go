package render

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func (r *reader) image() {
	i := &r.a.Server.Image
	i.Repository, i.Tag, i.PullPolicy = r.text("server.image.repository"), r.text("server.image.tag"), r.text("server.image.pullPolicy")
	value, ok := r.take("imagePullSecrets")
	if !ok {
		return
	}
	list, _ := value.([]any)
	for _, item := range list {
		entry, _ := item.(map[string]any)
		name, isText := entry["name"].(string)
		if !isText {
			i.PullSecrets = nil
			r.put("imagePullSecrets", value)
			return
		}
		i.PullSecrets = append(i.PullSecrets, name)
	}
}

func (r *reader) scale() {
	replicas := r.number("server.replicaCount")
	on, _ := r.truth("autoscaling.enabled")
	least, most, cpu := r.number("autoscaling.minReplicas"), r.number("autoscaling.maxReplicas"), r.number("autoscaling.targetCPUUtilizationPercentage")
	if r.a.Database.Type != answers.MySQLDatabase {
		if replicas > 1 || on {
			r.note("server.replicaCount", "SQLite allows one pod only: left out")
		}
		return
	}
	if !on {
		r.a.Server.Replicas = replicas
		return
	}
	if most == 0 {
		most = 100 // the chart's own default
	}
	r.a.Server.Autoscaling = answers.Autoscaling{MinReplicas: least, MaxReplicas: most, CPU: cpu}
	if replicas > 1 {
		r.note("server.replicaCount", "autoscaling decides: left out")
	}
}

func (r *reader) auth() {
	a := &r.a.Server.Auth
	a.JWTSecretKey = r.claim(jwtVariable)
	inline := r.text("server.auth.jwtSecretKey")
	if old := r.text("server.jwtSecretKey"); inline == "" { // as charts before 0.60 had it
		inline = old
	}
	if a.JWTSecretKey.IsZero() {
		a.JWTSecretKey = plainSource(inline)
	}
	for _, b := range authBindings(a) {
		r.bind(b)
	}
	if old := r.text("server.authType"); old != "" && a.Scheme == "" {
		a.Scheme = old
	}
}

func (r *reader) plain() {
	s := &r.a.Server
	if on, given := r.truth("server.analyticsOptIn"); given && !on {
		s.TelemetryOptOut = true
	}
	s.ImplicitAuthMethods, _ = r.truth("server.enableImplicitAuthMethods")
	for _, b := range serverBindings(s) {
		r.bind(b)
	}
	s.SecureHeaders = r.pairs("server.secure_headers")
}

func (r *reader) logging() {
	l := &r.a.Server.Logging
	l.Verbosity, l.Format = strings.ToLower(r.text("server.logging.verbosity")), r.text("server.logging.format")
	l.NoColors, _ = r.truth("server.logging.colorsDisabled")
	debug, given := r.truth("server.debug")
	own := r.text("server.environment.ZENML_LOGGING_VERBOSITY")
	if l.Verbosity == "warning" {
		l.Verbosity = "warn" // the same level under its other name
	}
	switch {
	case own != "":
		l.Verbosity = strings.ToLower(own)
	case debug:
		l.Verbosity = "debug"
	case given && l.Verbosity == "":
		l.Verbosity = "info"
	}
}

func (r *reader) openTelemetry() {
	o := &r.a.Server.OpenTelemetry
	for _, b := range otelBindings(o) {
		r.bind(b)
	}
	sends := o.Endpoint != "" || o.TracesEndpoint != "" || o.MetricsEndpoint != "" || o.LogsEndpoint != ""
	for _, signal := range []string{"traces", "metrics", "logs"} {
		if on, given := r.truth("server.openTelemetry." + signal + "Enabled"); given && !on && sends {
			o.Disable = append(o.Disable, signal)
		}
	}
	if !sends && o.ServiceName != "" {
		r.note("server.openTelemetry.serviceName", "it has no effect without an endpoint: left out")
		o.ServiceName = ""
	}
}

// activation reads a server that activates itself out of its environment.
func (r *reader) activation() {
	if r.peek("server.environment.ZENML_SERVER_AUTO_ACTIVATE") != "1" {
		return
	}
	password := r.claim("ZENML_DEFAULT_USER_PASSWORD")
	if password.IsZero() {
		r.note("server.environment.ZENML_SERVER_AUTO_ACTIVATE", "the server activates itself with an empty password")
		return
	}
	r.text("server.environment.ZENML_SERVER_AUTO_ACTIVATE")
	r.a.Admin = answers.Admin{
		Activate: answers.ActivateAuto, Through: answers.ThroughEnvironment,
		Username: r.text("server.environment.ZENML_DEFAULT_USER_NAME"), Password: password,
	}
}

// environment reads the variables that nothing else has claimed.
func (r *reader) environment() {
	s := &r.a.Server
	s.Environment = r.pairs("server.environment")
	secrets := map[string]answers.Source{}
	for name, text := range r.pairs("server.secretEnvironment") {
		secrets[name] = plainSource(text)
	}
	for _, e := range r.refs {
		ref := e.ref
		secrets[e.name] = answers.Source{SecretRef: &ref}
	}
	r.refs = nil
	if len(secrets) > 0 {
		s.SecretEnvironment = secrets
	}
}
