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

// refusedFault describes the rejected objects, without duplicate remedies.
func refusedFault(e *check.Env, refused []refusedObject) *check.Fault {
	var found, remedies []string
	for _, r := range refused {
		found = append(found, fmt.Sprintf("%s: %v%s", r.trial, r.err, r.triedAs()))
		if remedy := admissionRemedy(e, r); !slices.Contains(remedies, remedy) {
			remedies = append(remedies, remedy)
		}
	}
	return &check.Fault{
		Summary: strings.Join(found, "\n"), Remedy: strings.Join(remedies, "\n"), Err: refused[0].err,
	}
}

func admissionRemedy(e *check.Env, r refusedObject) string {
	text := r.err.Error()
	var own *idsError
	switch {
	case errors.As(r.err, &own):
		return idsRemedy(e, own)
	case strings.Contains(text, "violates PodSecurity"):
		return "set server.security.profile to restricted: server: {security: {profile: restricted}}" +
			"\nor relax the namespace: kubectl label namespace " + e.Namespace() +
			" pod-security.kubernetes.io/enforce=baseline --overwrite"
	case strings.Contains(text, "exceeded quota"):
		return quotaRemedy(e, text)
	case strings.Contains(text, "failed quota"), strings.Contains(text, "must specify"):
		return "set server.resources and server.migrationResources to fit the quota, or have it raised; " +
			"see it with kubectl -n " + e.Namespace() + " describe quota"
	case strings.Contains(text, "security context constraint"):
		return sccRemedy(e, r.account, rootless)
	case strings.Contains(text, "error looking up service account"):
		return fmt.Sprintf("create it: kubectl -n %s create serviceaccount %s"+
			"\nor let the chart create it: remove server.serviceAccount.existing", e.Namespace(), r.account)
	case strings.Contains(text, "admission webhook"), strings.Contains(text, "ValidatingAdmissionPolicy"):
		return "change the answers to satisfy the policy in the message, or have an administrator exempt the " +
			"namespace " +
			e.Namespace() + " from it"
	case apierrors.IsNotFound(r.err), strings.Contains(text, "could not find the requested resource"):
		return "install the CRDs of this kind, or remove the answers that need it"
	}
	return "fix the answer for the field in the message; see the objects with zenml-installer generate --format manifests"
}

// exceeded matches the quota and the request, as in "exceeded quota: small,
// requested: count/jobs.batch=1,pods=1, used: …".
var exceeded = regexp.MustCompile(`exceeded quota: ([^,]+), requested: (.*), used: `)

// quotaRemedy depends on what the quota limits: the number of objects, their
// storage, or the resources of containers.
func quotaRemedy(e *check.Env, text string) string {
	parts := exceeded.FindStringSubmatch(text)
	command := "kubectl -n " + e.Namespace() + " describe quota"
	if parts == nil {
		return "have an administrator raise the quota; see it with " + command
	}
	command += " " + parts[1]
	var sizes, storage bool
	for _, requested := range strings.Split(parts[2], ",") {
		name, _, _ := strings.Cut(requested, "=")
		storage = storage || strings.Contains(name, "storage")
		sizes = sizes || limitsSize(name)
	}
	switch {
	case storage:
		return "lower database.sqlite.size or database.backup.volume.size, or have the quota raised; see it with " +
			command
	case sizes:
		return "set server.resources and server.migrationResources to fit the quota, or have it raised; " +
			"see it with " + command
	}
	return "delete objects of this kind that are no longer needed, or have the quota raised; see it with " + command
}

// limitsSize reports whether a quota limits CPU or memory rather than a count.
func limitsSize(name string) bool {
	return name == "cpu" || name == "memory" || strings.HasPrefix(name, "requests.") ||
		strings.HasPrefix(name, "limits.")
}
