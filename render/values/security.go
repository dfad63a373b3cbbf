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

// security sets the pods' and containers' security contexts.
func security(d *draft) {
	s := d.a.Server.Security
	profile := binding.SecurityProfiles[s.Profile]
	if words := profileWords[s.Profile]; words != "" {
		d.commentTop("podSecurityContext", words)
		d.commentTop("securityContext", words)
	}
	d.contexts("podSecurityContext", "server.security.profile", profile.Pod, proof.PodContext, "")
	d.setFSGroup()
	d.contexts("podSecurityContext", "server.security.pod", s.Pod, proof.PodContext, "")
	d.contexts("securityContext", "server.security.profile", profile.Container, proof.ContainerContext, "")
	d.contexts("securityContext", "server.security.container", s.Container, proof.ContainerContext, "")
}

// contexts sets each entry of a security context, replacing earlier ones. A nil
// entry removes the chart's default. lost is empty where an answer asks for them.
func (d *draft) contexts(name, key string, want map[string]any, have func(*proof.Pod) map[string]any, lost string) {
	for _, entry := range slices.Sorted(maps.Keys(want)) {
		value := want[entry]
		path := []string{name, entry}
		d.removeSetting(path)
		if value == nil && d.layout.Default(path...) == nil {
			continue
		}
		s := &setting{path: path, value: value, answers: []string{key}, lost: lost}
		d.values = append(d.values, s.prove(proof.Pods("the "+name+" has the given "+entry, func(p *proof.Pod) bool {
			return tree.Covers(have(p)[entry], value)
		})))
	}
}

// removeSetting removes the setting at path.
func (d *draft) removeSetting(path []string) {
	d.values = slices.DeleteFunc(d.values, func(s *setting) bool { return slices.Equal(s.path, path) })
}

// setFSGroup sets fsGroup if a volume is requested and the chart does not set
// it: the server does not run as root and could not write to the volume.
func (d *draft) setFSGroup() {
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
		"the server, which is not root, may be unable to write to its volume",
	)
}
