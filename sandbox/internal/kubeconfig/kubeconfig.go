// Package kubeconfig writes kubeconfig files for users and components of a sandbox.
package kubeconfig

import (
	"fmt"

	clientcmd "k8s.io/client-go/tools/clientcmd"
	api "k8s.io/client-go/tools/clientcmd/api"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/pki"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// Cluster is the API server of a kubeconfig.
type Cluster struct {
	// Name is the name of cluster and context.
	Name string
	// Server is the API server's URL.
	Server string
	// CA is the certificate authority in PEM.
	CA []byte
}

// Write writes a kubeconfig for user to path with mode 0600.
func (c Cluster) Write(path, user string, pair pki.Pair) error {
	config := api.NewConfig()
	config.Clusters[c.Name] = &api.Cluster{Server: c.Server, CertificateAuthorityData: c.CA}
	config.AuthInfos[user] = &api.AuthInfo{ClientCertificateData: pair.CertPEM, ClientKeyData: pair.KeyPEM}
	config.Contexts[c.Name] = &api.Context{Cluster: c.Name, AuthInfo: user}
	config.CurrentContext = c.Name
	data, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("encode kubeconfig: %w", err)
	}
	return state.WriteFile(path, data, 0o600)
}
