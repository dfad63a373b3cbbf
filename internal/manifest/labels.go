package manifest

import "github.com/zenml-installer/zenml-installer/internal/shell"

// The labels by which the installer knows what it has made beside a release.
const (
	LabelManagedBy = "app.kubernetes.io/managed-by"
	LabelInstance  = "app.kubernetes.io/instance" // the release's name
	Installer      = "zenml-installer"            // the value of LabelManagedBy, and the field manager
)

// EncryptionKey is the key under which a Secret of the installer's holds what a
// secrets store encrypts with. What was stored cannot be read without it, so
// that such a Secret outlives its release.
const EncryptionKey = "encryption-key"

// Labels returns the labels of the objects that the installer makes for a
// release.
func Labels(release string) map[string]string {
	return map[string]string{LabelManagedBy: Installer, LabelInstance: release}
}

// LabelSecret returns the command that marks a Secret as one that the installer
// has made for a release. Without the mark it is taken for somebody else's. The
// flags say which cluster kubectl means; none, the one of the current context.
func LabelSecret(namespace, name, release string, flags ...string) string {
	words := append([]string{"kubectl"}, flags...)
	return shell.Line(
		append(
			words,
			"-n",
			namespace,
			"label",
			"secret",
			name,
			"--overwrite",
			LabelManagedBy+"="+Installer,
			LabelInstance+"="+release,
		)...)
}
