package secrets

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func annotated(key, value string) func(*answers.Answers) {
	return func(a *answers.Answers) {
		a.Server.ServiceAccount.Annotations = map[string]string{key: value}
	}
}

func TestIdentity(t *testing.T) {
	aws := answers.SecretsStore{
		Type: answers.AWSSecrets,
		AWS:  answers.AWSStore{AuthMethod: answers.ImplicitAuth, Region: "us-east-1"},
	}
	gcp := inGCP(answers.ImplicitAuth)
	azure := answers.SecretsStore{
		Type:  answers.AzureSecrets,
		Azure: answers.AzureStore{AuthMethod: answers.ImplicitAuth, KeyVaultName: "zenml-vault"},
	}
	vault := inVault("http://127.0.0.1:1", "",
		func(s *answers.VaultStore) { s.AuthMethod, s.AWSRole = answers.VaultAWS, "zenml" })
	const arn, email, client = "eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"
	for name, c := range map[string]struct {
		store  answers.SecretsStore
		change func(*answers.Answers)
		status check.Status
		say    []string
	}{
		"aws": {
			aws, annotated(arn, "arn:aws-cn:iam::123456789012:role/teams/zenml"), check.Pass,
			[]string{"not tested here: see secrets.in-cluster"},
		},
		"aws, none": {
			aws, annotated("other", "x"), check.Warned,
			[]string{"no annotation eks.amazonaws.com/role-arn", "Pod Identity association",
				"server.serviceAccount.annotations"},
		},
		"aws, wrong": {
			aws, annotated(arn, "zenml"), check.Failed, []string{`is "zenml", which is not the ARN of an IAM role`},
		},
		"vault, none": {
			vault, annotated("other", "x"), check.Warned, []string{"no annotation eks.amazonaws.com/role-arn"},
		},
		"gcp": {
			gcp, annotated(email, "zenml@my-gcp-project.iam.gserviceaccount.com"), check.Pass,
			[]string{"only a pod has it"},
		},
		"gcp, none": {
			gcp, annotated(arn, "x"), check.Warned, []string{"no annotation iam.gke.io/gcp-service-account"},
		},
		"gcp, wrong": {
			gcp, annotated(email, "serviceAccount:zenml@my-project.iam.gserviceaccount.com"), check.Failed,
			[]string{"not the email of a service account"},
		},
		"azure": {
			azure, annotated(client, azureClient), check.Warned,
			[]string{"azure.workload.identity/use", "kubectl -n zenml-server patch $(kubectl -n zenml-server get deployment -l app.kubernetes.io/instance=zenml-server -o name) --patch"},
		},
		"azure, none": {
			azure, annotated(arn, "x"), check.Warned, []string{"no annotation azure.workload.identity/client-id"},
		},
		"azure, wrong": {azure, annotated(client, "zenml"), check.Failed, []string{"not the client ID"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := runChecks(t, withStore(c.store, nil, c.change), check.Options{Skip: []string{"secrets.change"}})
			checktest.Expect(t, report, "secrets.identity", c.status, c.say...)
			if c.store.Type != answers.HashiCorpSecrets {
				checktest.Expect(t, report, "secrets.credentials", check.Skipped, "which only a pod has")
			}
		})
	}
	report := runChecks(t, withStore(inDatabase(checktest.Plain(oneKey)), nil), check.Options{})
	checktest.Expect(t, report, "secrets.identity", check.Skipped, "no secrets store uses the pod's identity")
}

func TestIdentity_existingServiceAccount(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	existing := func(a *answers.Answers) {
		a.Server.ServiceAccount.Name, a.Server.ServiceAccount.Existing = "keeper", true
	}
	e := onRelease(c.Access(), namespace, inGCP(answers.ImplicitAuth), existing)
	checktest.Expect(t, runChecks(t, e, check.Options{}), "secrets.identity", check.Failed,
		"ServiceAccount keeper does not exist", "create serviceaccount keeper")
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "keeper"}}
	made, err := c.Client(t).CoreV1().ServiceAccounts(namespace).Create(t.Context(), account, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, runChecks(t, e, check.Options{}), "secrets.identity", check.Warned,
		"annotate --overwrite serviceaccount keeper iam.gke.io/gcp-service-account=")
	made.Annotations = map[string]string{"iam.gke.io/gcp-service-account": "zenml@my-project.iam.gserviceaccount.com"}
	_, err = c.Client(t).CoreV1().ServiceAccounts(namespace).Update(t.Context(), made, metav1.UpdateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, runChecks(t, e, check.Options{}), "secrets.identity", check.Pass)
}
