package values

import (
	"maps"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

var profileWords = map[string]string{
	answers.SecurityRestricted: "What the restricted Pod Security level requires (server.security.profile).",
	answers.SecurityOpenShift:  "OpenShift assigns the user and the group (server.security.profile).",
}

// security writes under which restrictions the pods run.
func security(d *draft) {
	s := d.a.Server.Security
	profile := binding.SecurityProfiles[s.Profile]
	if words := profileWords[s.Profile]; words != "" {
		d.commentTop("podSecurityContext", words)
		d.commentTop("securityContext", words)
	}
	d.contexts("podSecurityContext", "server.security.profile", profile.Pod, proof.PodContext)
	d.ownGroup()
	d.contexts("podSecurityContext", "server.security.pod", s.Pod, proof.PodContext)
	d.contexts("securityContext", "server.security.profile", profile.Container, proof.ContainerContext)
	d.contexts("securityContext", "server.security.container", s.Container, proof.ContainerContext)
}

// contexts writes one security context entry by entry; a later one wins. An
// entry without a value takes the chart's own default away.
func (d *draft) contexts(name, key string, want map[string]any, have func(*proof.Pod) map[string]any) {
	for _, entry := range slices.Sorted(maps.Keys(want)) {
		value := want[entry]
		path := []string{name, entry}
		d.drop(path)
		if value == nil && d.layout.Default(path...) == nil {
			continue
		}
		s := &setting{path: path, value: value, answers: []string{key}}
		d.values = append(d.values, s.prove(proof.Pods("the "+name+" has the given "+entry, func(p *proof.Pod) bool {
			return tree.Covers(have(p)[entry], value)
		})))
	}
}

// drop takes back a setting that another one replaces.
func (d *draft) drop(path []string) {
	d.values = slices.DeleteFunc(d.values, func(s *setting) bool { return slices.Equal(s.path, path) })
}

// ownGroup gives the pods a group that owns their volumes, where a volume is
// wanted and the chart does not give them one: without it the server, which is
// not root, cannot write there.
func (d *draft) ownGroup() {
	if d.needsGroup == "" || d.a.Server.Security.Profile == answers.SecurityOpenShift ||
		d.layout.Default("podSecurityContext", "fsGroup") != nil {
		return
	}
	d.commentTop(
		"podSecurityContext",
		"The pods' group owns their volume ("+d.needsGroup+"), because the server is not root.",
	)
	d.contexts(
		"podSecurityContext",
		d.needsGroup,
		map[string]any{"fsGroup": 1000, "fsGroupChangePolicy": "OnRootMismatch"},
		proof.PodContext,
	)
}
