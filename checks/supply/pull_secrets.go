package supply

import (
	"context"
	"encoding/json"
	"path"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
)

// pullLogins are the credentials of pull secrets by registry, in Docker's
// notation: "registry.example.com", "https://index.docker.io/v1/".
type pullLogins map[string]authn.AuthConfig

// Resolve returns the credentials for a registry or repository. As in the
// kubelet, the longest matching entry takes precedence.
func (p pullLogins) Resolve(target authn.Resource) (authn.Authenticator, error) {
	best, found := "", authn.AuthConfig{}
	for entry, login := range p {
		entry = strings.TrimPrefix(strings.TrimPrefix(entry, "https://"), "http://")
		if matchesRegistry(entry, target) && len(entry) > len(best) {
			best, found = entry, login
		}
	}
	if best == "" {
		return authn.Anonymous, nil
	}
	return authn.FromConfig(found), nil
}

func matchesRegistry(entry string, target authn.Resource) bool {
	host, folder, _ := strings.Cut(strings.TrimRight(entry, "/"), "/")
	if folder == "v1" || folder == "v2" { // docker's notation
		folder = ""
	}
	if host == "docker.io" {
		host = "index.docker.io"
	}
	if matches, err := path.Match(host, target.RegistryStr()); err != nil || !matches {
		return false
	}
	whole := target.RegistryStr() + "/" + folder
	return folder == "" || target.String() == whole || strings.HasPrefix(target.String(), whole+"/")
}

// pullSecrets reads the credentials that the kubelet uses for a pod: those of
// its own pull secrets and of its ServiceAccount's. supply.references reports
// missing ones.
func pullSecrets(ctx context.Context, e *check.Env, pod corev1.PodSpec) (pullLogins, []string) {
	logins, names := pullLogins{}, []string{}
	if e.Cluster == nil {
		return logins, names
	}
	for _, ref := range append(pod.ImagePullSecrets, release.PullSecrets(ctx, e, pod.ServiceAccountName)...) {
		found, err := e.Secret(ctx, ref.Name)
		if err != nil {
			continue
		}
		names = append(names, ref.Name)
		for registry, login := range readLogins(found) {
			logins[registry] = login
		}
	}
	return logins, names
}

// readLogins reads a Secret of either type of Docker configuration.
func readLogins(s *corev1.Secret) pullLogins {
	if data, ok := s.Data[corev1.DockerConfigJsonKey]; ok {
		var config struct{ Auths pullLogins }
		if json.Unmarshal(data, &config) == nil {
			return config.Auths
		}
	}
	var old pullLogins
	if data, ok := s.Data[corev1.DockerConfigKey]; ok && json.Unmarshal(data, &old) == nil {
		return old
	}
	return nil
}
