package answers

// Expose is how people reach the server.
type Expose struct {
	Type           string    `yaml:"type,omitempty"`
	After          string    `yaml:"after,omitempty"`
	Host           Host      `yaml:"host,omitempty"`
	Path           string    `yaml:"path,omitempty"`
	Service        Service   `yaml:"service,omitempty"`
	Ingress        Ingress   `yaml:"ingress,omitempty"`
	Gateway        Gateway   `yaml:"gateway,omitempty"`
	TLS            ExposeTLS `yaml:"tls,omitempty"`
	TrustedProxies []string  `yaml:"trustedProxies,omitempty"`
}

// The values of expose.after.
const (
	AfterActivation = "activation"
	Immediately     = "immediately"
)

// Service is the server's Service.
type Service struct {
	Port        int               `yaml:"port,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

// Ingress is the server's Ingress.
type Ingress struct {
	Class       string            `yaml:"class,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
	Rewrite     bool              `yaml:"rewrite,omitempty"`
}

// Gateway is the Gateway to which the server's HTTPRoute is attached.
type Gateway struct {
	Name        string            `yaml:"name,omitempty"`
	Namespace   string            `yaml:"namespace,omitempty"`
	Section     string            `yaml:"section,omitempty"`
	Scheme      string            `yaml:"scheme,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

// ExposeTLS is the certificate that users see.
type ExposeTLS struct {
	Mode       string `yaml:"mode,omitempty"`
	Issuer     Issuer `yaml:"issuer,omitempty"`
	SecretName string `yaml:"secretName,omitempty"`
}

// Issuer is cert-manager's issuer of the certificate.
type Issuer struct {
	Name string `yaml:"name,omitempty"`
	Kind string `yaml:"kind,omitempty"`
}

// NipIO is the answer to expose.host that derives the host name from the
// ingress controller's address: zenml.<address>.nip.io.
const NipIO = "nip.io"

// Host is the host name of the server. In a file it is the name, or {nipIO:
// true}.
type Host struct {
	Name  string
	NipIO bool
}

// IsZero reports whether there is no answer.
func (h Host) IsZero() bool { return h == Host{} }

// String returns the name, or NipIO.
func (h Host) String() string {
	if h.NipIO {
		return NipIO
	}
	return h.Name
}

// MarshalYAML formats the host as in a file.
func (h Host) MarshalYAML() (any, error) {
	if h.NipIO {
		return map[string]bool{"nipIO": true}, nil
	}
	return h.Name, nil
}

// The values of the exposure's choice fields.
const (
	PortForward  = "port-forward"
	LoadBalancer = "load-balancer"
	NodePort     = "node-port"
	ByIngress    = "ingress"
	ByGateway    = "gateway"

	CertOff         = "off"
	CertManager     = "cert-manager"
	CertSecret      = "secret"
	CertSelfSigned  = "self-signed"
	ClusterIssuer   = "ClusterIssuer"
	NamespaceIssuer = "Issuer"
)
