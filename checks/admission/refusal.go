package admission

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// refusedFault puts what was refused into words, the same remedy once.
func refusedFault(e *check.Env, refused []refusedObject) *check.Fault {
	var found, remedies []string
	for _, r := range refused {
		found = append(found, fmt.Sprintf("%s: %v%s", r.trial, r.err, r.triedAs()))
		if remedy := admissionRemedy(e, r); !slices.Contains(remedies, remedy) {
			remedies = append(remedies, remedy)
		}
	}
	return &check.Fault{Found: strings.Join(found, "\n"), Remedy: strings.Join(remedies, "\n"), Cause: refused[0].err}
}

func admissionRemedy(e *check.Env, r refusedObject) string {
	text := r.err.Error()
	var own *idsError
	switch {
	case errors.As(r.err, &own):
		return idsRemedy(e, own)
	case strings.Contains(text, "violates PodSecurity"):
		return "server: {security: {profile: restricted}}\nor relax the namespace: kubectl label namespace " + e.Namespace() + " pod-security.kubernetes.io/enforce=baseline --overwrite"
	case strings.Contains(text, "exceeded quota"):
		return quotaRemedy(e, text)
	case strings.Contains(text, "failed quota"), strings.Contains(text, "must specify"):
		return "set server.resources and server.migrationResources to fit the quota (kubectl -n " + e.Namespace() + " describe quota), or have it raised"
	case strings.Contains(text, "security context constraint"):
		return sccRemedy(e, r.account, rootless)
	case strings.Contains(text, "error looking up service account"):
		return fmt.Sprintf("kubectl -n %s create serviceaccount %s\nor let the chart make it: leave out server.serviceAccount.existing", e.Namespace(), r.account)
	case strings.Contains(text, "admission webhook"), strings.Contains(text, "ValidatingAdmissionPolicy"):
		return "satisfy the policy that the message names, or have the namespace exempted from it"
	case apierrors.IsNotFound(r.err), strings.Contains(text, "could not find the requested resource"):
		return "the cluster does not serve this kind of object: install its CRDs, or leave out what needs it"
	}
	return "correct the values that the message names"
}

// exceeded finds the quota and what was asked of it, as in "exceeded quota:
// small, requested: count/jobs.batch=1,pods=1, used: …".
var exceeded = regexp.MustCompile(`exceeded quota: ([^,]+), requested: (.*), used: `)

// quotaRemedy tells quotas by what they limit: the number of objects, their
// storage, or what the containers ask for.
func quotaRemedy(e *check.Env, text string) string {
	parts := exceeded.FindStringSubmatch(text)
	see := "kubectl -n " + e.Namespace() + " describe quota"
	if parts == nil {
		return "have the quota raised: " + see
	}
	see += " " + parts[1]
	var sizes, storage bool
	for _, requested := range strings.Split(parts[2], ",") {
		name, _, _ := strings.Cut(requested, "=")
		storage = storage || strings.Contains(name, "storage")
		sizes = sizes || sized(name)
	}
	switch {
	case storage:
		return "ask for less: database.sqlite.size, database.backup.volume.size; or have the quota raised: " + see
	case sizes:
		return "set server.resources and server.migrationResources to fit the quota (" + see + "), or have it raised"
	}
	return "the quota limits how many such objects there may be: remove what is not needed any more, or have the quota raised: " + see
}

// sized tells a quota of CPU and memory from one that counts objects.
func sized(name string) bool {
	return name == "cpu" || name == "memory" || strings.HasPrefix(name, "requests.") || strings.HasPrefix(name, "limits.")
}
