package cmd

import (
	"fmt"
	"io"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// tellKeys says where the generated encryption keys lie, after the install
// that has put them there, and how to see them. The keys themselves are shown
// by no one but kubectl.
func (u *setup) printKeyNotice(w io.Writer, outcome install.Outcome) {
	if !isFirstInstall(outcome) {
		return
	}
	for _, ref := range values.EncryptionKeys(u.answers) {
		fmt.Fprintf(w, "The key that encrypts the server's secrets is in Secret %s of namespace %s. Keep a copy of it: without the key they cannot be read again.\n  %s | base64 -d\n",
			ref.Name, u.answers.Cluster.Namespace, u.kubectl("get", "secret", ref.Name, "-o", "jsonpath={.data."+ref.Key+"}"))
	}
}

// firstInstall tells whether the release had not been deployed before.
func isFirstInstall(outcome install.Outcome) bool {
	before := outcome.Before
	return !outcome.Upgraded() || before.Revision == 1 && before.Status != "deployed"
}
