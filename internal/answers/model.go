// Package answers is the typed model of what the user configures, on screen or
// in an answers file. Its list of fields drives the screens, the line prompter,
// the validation of files and the reference page.
package answers

import "github.com/zenml-installer/zenml-installer/internal/secret"

// Version is the version of the answers file that this program reads.
const Version = 1

// Answers is everything that was answered. A zero field was not answered;
// Complete fills in the defaults.
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

// Cluster is where the server is installed.
type Cluster struct {
	Context   string `yaml:"context,omitempty"`
	Namespace string `yaml:"namespace,omitempty"`
	Release   string `yaml:"release,omitempty"`
}

// Chart is the chart that is installed.
type Chart struct {
	Ref     string `yaml:"ref,omitempty"`
	Version string `yaml:"version,omitempty"`
}

// Source is where a secret, or the content of a certificate, is read from. At
// most one of its fields is set.
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
