package manifest

import "github.com/zenml-installer/zenml-installer/internal/shell"

// Labels of the objects that the installer creates for a release.
const (
	LabelManagedBy = "app.kubernetes.io/managed-by"
	LabelInstance  = "app.kubernetes.io/instance" // the name of the release
	Installer      = "zenml-installer"            // the value of LabelManagedBy, and the field manager
)

// EncryptionKey is the key of the encryption key in a Secret of the installer.
// The Secret outlives its release, because stored secrets cannot be decrypted
// without it.
const EncryptionKey = "encryption-key"

// Labels returns the labels of the objects that the installer creates for a
// release.
func Labels(release string) map[string]string {
	return map[string]string{LabelManagedBy: Installer, LabelInstance: release}
}

// LabelSecret returns the command that labels a Secret as created by the
// installer for a release. Without the labels it is treated as foreign. The
// flags select the cluster for kubectl; without flags it is that of the current
// context.
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
