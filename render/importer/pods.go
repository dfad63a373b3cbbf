package importer

import (
	"maps"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/values"
)

func (r *reader) network() {
	r.customCAs()
	p := &r.a.Proxy
	on, _ := r.truth("server.proxy.enabled")
	for _, b := range binding.Proxy(p) {
		r.bind(b)
	}
	p.NoProxy = r.texts("server.proxy.additionalNoProxy")
	switch {
	case !on:
		if p.HTTP != "" || p.HTTPS != "" {
			r.note("server.proxy", "left out: it was off")
		}
		*p = answers.Proxy{}
		return
	case p.HTTP == "" && p.HTTPS == "":
		r.note("server.proxy", "left out: it names no proxy")
		*p = answers.Proxy{}
		return
	}
	r.dropImpliedNoProxy()
}

// dropImpliedNoProxy removes hosts that bypass the proxy in any case.
func (r *reader) dropImpliedNoProxy() {
	p := &r.a.Proxy
	given := slices.Clone(p.NoProxy)
	if n := len(given); n > 0 && r.a.Database.Type == answers.MySQLDatabase && given[n-1] == r.a.Database.MySQL.Host {
		p.NoProxy = given[:n-1]
	}
	if written := values.NoProxyHosts(r.a, nil); !slices.Equal(written, given) {
		r.note(
			"server.proxy.additionalNoProxy",
			"changed to %s: the database bypasses the proxy, and the chart's own list has the cluster's names",
			strings.Join(written, ", "),
		)
	}
}

func (r *reader) customCAs() {
	c := &r.a.Certificates
	if value, ok := r.take("server.certificates.customCAs"); ok {
		list, _ := value.([]any)
		for _, item := range list {
			entry, _ := item.(map[string]any)
			name, _ := entry["name"].(string)
			pem, _ := entry["certificate"].(string)
			if problem, _ := answers.Certificate(pem); problem != "" {
				r.note("server.certificates.customCAs", "%s left out: %s", name, problem)
				continue
			}
			c.CustomCAs = append(c.CustomCAs, answers.CustomCA{Name: name, Certificate: plainSource(pem)})
		}
	}
	if value, ok := r.take("server.certificates.secretRefs"); ok {
		list, _ := value.([]any)
		for _, item := range list {
			entry, _ := item.(map[string]any)
			name, _ := entry["name"].(string)
			key, _ := entry["key"].(string)
			c.SecretRefs = append(c.SecretRefs, answers.SecretRef{Name: name, Key: key})
		}
	}
}

func (r *reader) pods() {
	s := &r.a.Server
	s.Resources = answers.Resources{Requests: r.pairs("resources.requests"), Limits: r.pairs("resources.limits")}
	if r.a.Database.Type == answers.MySQLDatabase {
		s.MigrationResources = answers.Resources{
			Requests: r.pairs("resourcesMigrationPod.requests"),
			Limits:   r.pairs("resourcesMigrationPod.limits"),
		}
	} else if rest := r.mapping("resourcesMigrationPod"); rest != nil {
		r.note("resourcesMigrationPod", "left out: there is no migration without MySQL")
	}
	s.PodAnnotations, s.NodeSelector, s.Affinity = r.pairs(
		"podAnnotations",
	), r.pairs(
		"nodeSelector",
	), r.mapping(
		"affinity",
	)
	if create, given := r.truth("serviceAccount.create"); given && !create {
		s.ServiceAccount.Existing = true
	}
	s.ServiceAccount.Name, s.ServiceAccount.Annotations = r.text(
		"serviceAccount.name",
	), r.pairs(
		"serviceAccount.annotations",
	)
	r.tolerations()
}

func (r *reader) tolerations() {
	value, ok := r.take("tolerations")
	list, isList := value.([]any)
	for _, item := range list {
		toleration, isMap := item.(map[string]any)
		if !isMap {
			isList = false
			break
		}
		r.a.Server.Tolerations = append(r.a.Server.Tolerations, toleration)
	}
	if ok && !isList {
		r.a.Server.Tolerations = nil
		r.put("tolerations", value)
	}
}

// security imports the security contexts and detects the profiles.
func (r *reader) security() {
	s := &r.a.Server.Security
	pod, container := r.contexts("podSecurityContext"), r.contexts("securityContext")
	for _, name := range []string{answers.SecurityOpenShift, answers.SecurityRestricted} {
		p := binding.SecurityProfiles[name]
		if r.matches("podSecurityContext", pod, p.Pod) && r.matches("securityContext", container, p.Container) {
			s.Profile = name
			maps.DeleteFunc(pod, func(entry string, _ any) bool { _, ours := p.Pod[entry]; return ours })
			maps.DeleteFunc(container, func(entry string, _ any) bool { _, ours := p.Container[entry]; return ours })
			break
		}
	}
	r.dropFSGroup(pod)
	if len(pod) > 0 {
		s.Pod = pod
	}
	if len(container) > 0 {
		s.Container = container
	}
}

// contexts takes a security context. nil entries remove defaults.
func (r *reader) contexts(name string) map[string]any {
	context := r.mapping(name)
	maps.DeleteFunc(context, func(entry string, value any) bool {
		return value != nil && r.repeatsDefault([]string{name, entry}, value)
	})
	return context
}

// matches reports whether a security context includes a profile's entries. A
// nil entry also matches if the chart has no default for it.
func (r *reader) matches(name string, have, want map[string]any) bool {
	for _, entry := range slices.Sorted(maps.Keys(want)) {
		value, said := have[entry]
		if want[entry] == nil && !said && (r.layout == nil || r.layout.Default(name, entry) == nil) {
			continue
		}
		if !said || !tree.Covers(value, want[entry]) {
			return false
		}
	}
	return len(want) > 0
}

// dropFSGroup drops the fsGroup that the installer sets for a volume, and adds
// a note if the values lack it.
func (r *reader) dropFSGroup(pod map[string]any) {
	volume := r.a.Database.SQLite.IsPersistent() || r.a.Database.Backup.Volume.Size != ""
	if !volume || r.layout == nil || r.layout.Default("podSecurityContext", "fsGroup") != nil {
		return
	}
	if tree.Covers(pod, map[string]any{"fsGroup": 1000, "fsGroupChangePolicy": "OnRootMismatch"}) {
		delete(pod, "fsGroup")
		delete(pod, "fsGroupChangePolicy")
	} else if _, said := pod["fsGroup"]; !said && r.a.Server.Security.Profile != answers.SecurityOpenShift {
		r.note("podSecurityContext", "fsGroup is set, so that the server can write to its volume")
	}
}
