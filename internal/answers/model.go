// Package answers is the typed model of what a person tells the installer,
// whether on the screen or in an answers file, with the one list of fields
// that drives the screens, the line prompter, the validation of a file and its
// reference page.
package answers

import "github.com/zenml-installer/zenml-installer/internal/secret"

// Version is the version of the answers file that this program reads.
const Version = 1

// Answers is everything that was answered. The zero value of a field means
// that it was not; Complete fills in the defaults.
type Answers struct {
	Version            int            `yaml:"version"`
	Cluster            Cluster        `yaml:"cluster,omitempty"`
	Chart              Chart          `yaml:"chart,omitempty"`
	Server             Server         `yaml:"server,omitempty"`
	Database           Database       `yaml:"database,omitempty"`
	SecretsStore       SecretsStore   `yaml:"secretsStore,omitempty"`
	BackupSecretsStore SecretsStore   `yaml:"backupSecretsStore,omitempty"`
	Expose             Expose         `yaml:"expose,omitempty"`
	Certificates       Certificates   `yaml:"certificates,omitempty"`
	Proxy              Proxy          `yaml:"proxy,omitempty"`
	Prerequisites      Prerequisites  `yaml:"prerequisites,omitempty"`
	Admin              Admin          `yaml:"admin,omitempty"`
	Values             map[string]any `yaml:"values,omitempty"`
}

// Cluster says where the server goes.
type Cluster struct {
	Context   string `yaml:"context,omitempty"`
	Namespace string `yaml:"namespace,omitempty"`
	Release   string `yaml:"release,omitempty"`
}

// Chart says which chart installs it.
type Chart struct {
	Ref     string `yaml:"ref,omitempty"`
	Version string `yaml:"version,omitempty"`
}

// Source says where a secret, or the content of a certificate, comes from.
// At most one of its fields is set.
type Source struct {
	Env       string      `yaml:"env,omitempty"`
	File      string      `yaml:"file,omitempty"`
	SecretRef *SecretRef  `yaml:"secretRef,omitempty"`
	Generate  bool        `yaml:"generate,omitempty"`
	Value     secret.Text `yaml:"value,omitempty"`
}

// SecretRef names a key of a Secret in the server's namespace.
type SecretRef struct {
	Name string `yaml:"name"`
	Key  string `yaml:"key"`
}
