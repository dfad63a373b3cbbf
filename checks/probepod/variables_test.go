package probepod

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TestPassVariables_accessKey gives the server an access key instead of a role: one half
// in a Secret that the install creates, the other in an existing one.
func TestPassVariables_accessKey(t *testing.T) {
	t.Parallel()
	s := newIdentityStage(t)
	key := s.cloud.User(t, "server", allowSecrets)
	_, err := s.Client.CoreV1().Secrets(s.Namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "aws"}, StringData: map[string]string{"secret": key.Secret},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, s.runIdentity(s.env(func(a *answers.Answers) {
		a.Server.SecretEnvironment = map[string]answers.Source{"AWS_ACCESS_KEY_ID": checktest.Plain(key.ID),
			"AWS_SECRET_ACCESS_KEY": {SecretRef: &answers.SecretRef{Name: "aws", Key: "secret"}}}
	})), identityID, check.Pass, "a pod created, read, changed and deleted a secret as", "user/server")
}

// TestPassVariables_files names a file that only the server's pods may have.
func TestPassVariables_files(t *testing.T) {
	t.Parallel()
	s := newIdentityStage(t)
	checktest.Expect(t, s.runIdentity(s.env(func(a *answers.Answers) {
		a.Server.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/mnt/aws/credentials"
	})), identityID, check.Warned, "has no AWS credentials", "files for AWS_SHARED_CREDENTIALS_FILE")
}

// TestPassVariables_annotations passes the annotations that select a role, and no others.
func TestPassVariables_annotations(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	e := checktest.WithCluster(t, s.Access(), s.Namespace, func(a *answers.Answers) {
		a.Server.PodAnnotations = map[string]string{"iam.amazonaws.com/role": "zenml", "sidecar.istio.io/inject": "true"}
	}).Begin(t.Context(), check.Options{})
	t.Cleanup(e.End)
	probe, err := newProbePod(t.Context(), e, identityStore{"secretsStore", answers.AWSStore{}}.task())
	checktest.Must(t, err)
	if found := probe.pod.Annotations; len(found) != 1 || found["iam.amazonaws.com/role"] != "zenml" {
		t.Errorf("the annotations are %v", found)
	}
}
