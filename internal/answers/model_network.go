package answers

// Certificates are the CAs that the server trusts in addition to those in its
// image.
type Certificates struct {
	CustomCAs  []CustomCA  `yaml:"customCAs,omitempty"`
	SecretRefs []SecretRef `yaml:"secretRefs,omitempty"`
}

// CustomCA is an additional certificate authority that the server trusts.
type CustomCA struct {
	Name        string `yaml:"name"`
	Certificate Source `yaml:"certificate"`
}

// Proxy is the HTTP proxy of the server.
type Proxy struct {
	HTTP    string   `yaml:"http,omitempty"`
	HTTPS   string   `yaml:"https,omitempty"`
	NoProxy []string `yaml:"noProxy,omitempty"`
}

// Prerequisites are what exposing the server requires in the cluster.
type Prerequisites struct {
	Traefik       string            `yaml:"traefik,omitempty"`
	IngressNginx  string            `yaml:"ingressNginx,omitempty"`
	CertManager   string            `yaml:"certManager,omitempty"`
	Gateway       GatewayToMake     `yaml:"gateway,omitempty"`
	ClusterIssuer IssuerToMake      `yaml:"clusterIssuer,omitempty"`
	Charts        map[string]string `yaml:"charts,omitempty"`
	ImageRegistry string            `yaml:"imageRegistry,omitempty"`
	Values        map[string]any    `yaml:"values,omitempty"`
}

// GatewayToMake is a Gateway to create.
type GatewayToMake struct {
	Create bool   `yaml:"create,omitempty"`
	Class  string `yaml:"class,omitempty"`
}

// IssuerToMake is an ACME ClusterIssuer to create.
type IssuerToMake struct {
	Create *bool  `yaml:"create,omitempty"` // false is an answer
	ACME   string `yaml:"acme,omitempty"`
	Server string `yaml:"server,omitempty"`
	Email  string `yaml:"email,omitempty"`
}

// IsCreated reports whether the installer creates the issuer.
func (i IssuerToMake) IsCreated() bool { return i.Create != nil && *i.Create }

// Admin is the first user, and when the server is activated.
type Admin struct {
	Activate       string        `yaml:"activate,omitempty"`
	Through        string        `yaml:"through,omitempty"`
	Username       string        `yaml:"username,omitempty"`
	Password       Source        `yaml:"password,omitempty"`
	ServerName     string        `yaml:"serverName,omitempty"`
	ServiceAccount ServerAccount `yaml:"serviceAccount,omitempty"`
}

// ServerAccount is a service account of the server, and where its API key is written
// to.
type ServerAccount struct {
	Name       string `yaml:"name,omitempty"`
	SecretName string `yaml:"secretName,omitempty"`
	File       string `yaml:"file,omitempty"`
}

// The values of these choice fields.
const (
	PrerequisiteInstall = "install"
	PrerequisiteRequire = "require"
	PrerequisiteSkip    = "skip"

	ClassTraefik = "traefik" // the IngressClass of Traefik's chart
	ClassNginx   = "nginx"   // the IngressClass of ingress-nginx' chart

	ACMEStaging    = "staging"
	ACMEProduction = "production"

	ActivateBrowser = "browser"
	ActivateAuto    = "auto"
	ActivateLater   = "later"

	ThroughAPI         = "api"
	ThroughEnvironment = "environment"
)
