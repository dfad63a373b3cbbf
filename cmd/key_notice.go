package cmd

import (
	"fmt"
	"io"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/render/values"
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

// isFirstInstall reports whether the release was not deployed before.
func isFirstInstall(outcome install.Outcome) bool {
	before := outcome.Before
	return !outcome.Upgraded() || before.Revision == 1 && before.Status != "deployed"
}
