package cluster

import (
	"bytes"
	"context"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// roleName is the name of the Role and its binding.
const roleName = "zenml-installer"

// RBAC returns the manifests of the Role and RoleBinding that allow the current
// user to install: exactly the permissions that cluster.permissions needs. It adds
// a ClusterRole and its binding if the namespace must be created or an object has
// no namespace. It needs Env.Cluster and Env.Rendered.
func RBAC(ctx context.Context, env *check.Env) ([]byte, error) {
	e := env.Begin(ctx, check.Options{ReadOnly: true})
	defer e.End()
	needed, err := neededRights(ctx, e)
	if err != nil {
		return nil, err
	}
	return rbac(ctx, e, needed)
}

func rbac(ctx context.Context, e *check.Env, needed []right) ([]byte, error) {
	user := ""
	if server, err := FindAPIServer(ctx, e); err == nil {
		user = server.user
	}
	return manifests(needed, e.Namespace(), subject(user))
}

// subject is the user in the form of a binding, or a placeholder if the user is
// unknown.
func subject(user string) rbacv1.Subject {
	parts := strings.Split(user, ":")
	if len(parts) == 4 && parts[0] == "system" && parts[1] == "serviceaccount" {
		return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: parts[2], Name: parts[3]}
	}
	if user == "" {
		user = "YOUR-USER"
	}
	return rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}
}

func manifests(needed []right, namespace string, s rbacv1.Subject) ([]byte, error) {
	typed := func(kind string) metav1.TypeMeta {
		return metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: kind}
	}
	inside := metav1.ObjectMeta{Name: roleName, Namespace: namespace}
	outside := metav1.ObjectMeta{Name: roleName + "-" + namespace}
	ref := func(kind, name string) rbacv1.RoleRef {
		return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: name}
	}
	objects := []any{
		rbacv1.Role{TypeMeta: typed("Role"), ObjectMeta: inside, Rules: rules(needed, false)},
		rbacv1.RoleBinding{
			TypeMeta: typed("RoleBinding"), ObjectMeta: inside,
			RoleRef: ref("Role", inside.Name), Subjects: []rbacv1.Subject{s},
		},
	}
	if wide := rules(needed, true); len(wide) > 0 {
		objects = append(objects,
			rbacv1.ClusterRole{TypeMeta: typed("ClusterRole"), ObjectMeta: outside, Rules: wide},
			rbacv1.ClusterRoleBinding{
				TypeMeta: typed("ClusterRoleBinding"), ObjectMeta: outside,
				RoleRef: ref("ClusterRole", outside.Name), Subjects: []rbacv1.Subject{s},
			})
	}
	var out bytes.Buffer
	for _, o := range objects {
		text, err := yaml.Marshal(o)
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		out.Write(text)
	}
	return out.Bytes(), nil
}

// rules groups the verbs of each resource. The permissions are sorted.
func rules(needed []right, cluster bool) []rbacv1.PolicyRule {
	var all []rbacv1.PolicyRule
	var last right
	for _, r := range needed {
		if r.cluster != cluster {
			continue
		}
		if n := len(all); n > 0 && last.group == r.group && last.resource == r.resource && last.name == r.name {
			all[n-1].Verbs = append(all[n-1].Verbs, r.verb)
			continue
		}
		rule := rbacv1.PolicyRule{
			APIGroups: []string{r.group},
			Resources: []string{r.resource},
			Verbs:     []string{r.verb},
		}
		if r.name != "" {
			rule.ResourceNames = []string{r.name}
		}
		all = append(all, rule)
		last = r
	}
	return all
}
