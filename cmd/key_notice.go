package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/values"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// printKeyNotice prints, after the first install, where the generated
// encryption keys are stored and how to read them. Only kubectl shows the keys
// themselves.
func (u *setup) printKeyNotice(w io.Writer, outcome install.Outcome) {
	if !isFirstInstall(outcome) {
		return
	}
	for _, ref := range values.EncryptionKeys(u.answers) {
		fmt.Fprintf(w, "The key that encrypts the server's secrets is in Secret %s in namespace %s. Keep a copy: "+
			"without it the secrets cannot be decrypted.\n  %s | base64 -d\n",
			ref.Name, u.answers.Cluster.Namespace,
			u.kubectl("get", "secret", ref.Name, "-o", "jsonpath={.data."+ref.Key+"}"))
	}
}

// EncryptionKeys implements wizard.Engine.
func (e *engine) EncryptionKeys(ctx context.Context, a answers.Answers) ([]wizard.Key, error) {
	ctx, cancel := e.common.within(ctx)
	defer cancel()
	u := e.setup(a)
	client, err := u.cluster.Client()
	if err != nil {
		return nil, err
	}
	var keys []wizard.Key
	for _, ref := range values.EncryptionKeys(u.answers) {
		stored, err := client.CoreV1().Secrets(u.answers.Cluster.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil {
			return nil, transport.WithoutURL(err)
		}
		keys = append(keys, wizard.Key{
			Secret: fmt.Sprintf("Secret %s in namespace %s", ref.Name, u.answers.Cluster.Namespace),
			Text:   secret.New(string(stored.Data[ref.Key])),
		})
	}
	return keys, nil
}

// SaveKeys implements wizard.Engine.
func (e *engine) SaveKeys(path string, keys []wizard.Key) error {
	var b bytes.Buffer
	for _, key := range keys {
		fmt.Fprintf(&b, "# %s\n%s\n", key.Secret, key.Text.Reveal())
	}
	ctx, cancel := context.WithTimeout(context.Background(), valuesTimeout)
	defer cancel()
	return writeValues(ctx, path, b.Bytes(), false)
}

// operationOf names what an outcome is of.
func operationOf(outcome install.Outcome) narrate.Operation {
	return narrate.OperationOn(!isFirstInstall(outcome))
}

// isFirstInstall reports whether the release was not deployed before.
func isFirstInstall(outcome install.Outcome) bool {
	return !outcome.Upgraded() || isFirstRun(outcome.Before)
}

// isFirstRun reports whether the first install of a release has not succeeded.
func isFirstRun(r *install.Release) bool { return r.Revision == 1 && r.Status != "deployed" }
