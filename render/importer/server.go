package importer

import (
	"maps"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/binding"
)

func (r *reader) image() {
	i := &r.a.Server.Image
	i.Repository, i.Tag, i.PullPolicy = r.text(
		"server.image.repository",
	), r.text(
		"server.image.tag",
	), r.text(
		"server.image.pullPolicy",
	)
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
	least, most, cpu := r.number(
		"autoscaling.minReplicas",
	), r.number(
		"autoscaling.maxReplicas",
	), r.number(
		"autoscaling.targetCPUUtilizationPercentage",
	)
	if r.a.Database.Type != answers.MySQLDatabase {
		if replicas > 1 {
			r.note("server.replicaCount", "left out: SQLite supports one pod only")
		}
		if on {
			r.note("autoscaling", "left out: SQLite supports one pod only")
		}
		return
	}
	if !on {
		r.a.Server.Replicas = replicas
		return
	}
	if most == 0 {
		most = 100 // the chart's default
	}
	r.a.Server.Autoscaling = answers.Autoscaling{MinReplicas: least, MaxReplicas: most, CPU: cpu}
	if replicas > 1 {
		r.note("server.replicaCount", "left out: autoscaling sets it")
	}
}

func (r *reader) auth() {
	a := &r.a.Server.Auth
	a.JWTSecretKey = r.claim(binding.JWTVariable)
	inline := r.text("server.auth.jwtSecretKey")
	if old := r.text("server.jwtSecretKey"); inline == "" { // charts before 0.60
		inline = old
	}
	if a.JWTSecretKey.IsZero() {
		a.JWTSecretKey = plainSource(inline)
	}
	for _, b := range binding.Auth(a) {
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
	for _, b := range binding.Server(s) {
		r.bind(b)
	}
	s.SecureHeaders = r.pairs("server.secure_headers")
}

func (r *reader) logging() {
	l := &r.a.Server.Logging
	l.Verbosity, l.Format = r.level("server.logging.verbosity"), r.text("server.logging.format")
	l.NoColors, _ = r.truth("server.logging.colorsDisabled")
	debug, given := r.truth("server.debug")
	own := ""
	if given || r.layout == nil || !r.layout.Legacy() { // legacy charts default to debug mode, which no level expresses
		own = r.level("server.environment.ZENML_LOGGING_VERBOSITY")
	}
	switch {
	case own != "":
		l.Verbosity = own
	case debug:
		l.Verbosity = "debug"
	case given && l.Verbosity == "":
		l.Verbosity = "info"
	}
}

// level takes a log level by its name in the answers. An unknown level is not
// taken.
func (r *reader) level(path string) string {
	written := r.text(path)
	level := strings.ToLower(written)
	if level == "warning" {
		level = "warn" // alias
	}
	f, _ := answers.FieldByKey("server.logging.verbosity")
	if level != "" && !slices.Contains(f.Values(), level) {
		r.put(path, written)
		return ""
	}
	if strings.HasPrefix(path, "server.environment.") && written != strings.ToUpper(level) ||
		strings.EqualFold(written, "warning") {
		r.note(path, "changed to %s, as the answers name the level", level)
	}
	return level
}

func (r *reader) openTelemetry() {
	o := &r.a.Server.OpenTelemetry
	for _, b := range binding.OpenTelemetry(o) {
		r.bind(b)
	}
	sends := o.Endpoint != "" || o.TracesEndpoint != "" || o.MetricsEndpoint != "" || o.LogsEndpoint != ""
	for _, signal := range []string{"traces", "metrics", "logs"} {
		if on, given := r.truth("server.openTelemetry." + signal + "Enabled"); given && !on && sends {
			o.Disable = append(o.Disable, signal)
		}
	}
	if !sends && o.ServiceName != "" {
		r.note("server.openTelemetry.serviceName", "left out: it has no effect without an endpoint")
		o.ServiceName = ""
	}
}

// activation imports a server that activates itself from its environment.
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

// impliedVariables drops the variables that follow from other answers.
func (r *reader) impliedVariables() {
	stores := []answers.SecretsStore{r.a.SecretsStore, r.a.BackupSecretsStore}
	for _, s := range stores {
		if s.Type == answers.AWSSecrets && binding.NeedsRegion(s.AWS) {
			r.dropVariable(binding.RegionVariable, s.AWS.Region)
		}
		if s.Type == answers.GCPSecrets && binding.HasCAs(r.a.Certificates) {
			r.dropVariable(binding.GRPCRootsVariable, binding.CABundle)
		}
	}
}

// dropVariable drops a variable if it has the value that follows from the answers.
func (r *reader) dropVariable(name, value string) {
	if r.a.Server.Environment[name] == value {
		delete(r.a.Server.Environment, name)
	}
	if len(r.a.Server.Environment) == 0 {
		r.a.Server.Environment = nil
	}
}

// environment imports the unclaimed variables. For duplicates, a reference to
// an existing Secret takes precedence, then the plain value.
func (r *reader) environment() {
	s := &r.a.Server
	s.Environment = r.pairs("server.environment")
	secrets := map[string]answers.Source{}
	for name, text := range r.pairs("server.secretEnvironment") {
		if _, plain := s.Environment[name]; text == "" && !plain { // nothing secret
			s.Environment = with(s.Environment, name)
		} else {
			secrets[name] = plainSource(text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		delete(secrets, name)
		if secret.IsSensitive([]string{"server", "environment", name}, s.Environment[name]) {
			secrets[name] = plainSource(s.Environment[name])
			delete(s.Environment, name)
			r.note("server.environment."+name, "moved to server.secretEnvironment: it may be a secret")
		}
	}
	for _, e := range r.refs {
		ref := e.ref
		secrets[e.name] = answers.Source{SecretRef: &ref}
		delete(s.Environment, e.name)
	}
	r.refs = nil
	if len(secrets) > 0 {
		s.SecretEnvironment = secrets
	}
}

// with adds an empty variable.
func with(variables map[string]string, name string) map[string]string {
	if variables == nil {
		variables = map[string]string{}
	}
	variables[name] = ""
	return variables
}
