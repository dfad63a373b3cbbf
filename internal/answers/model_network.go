package answers

// Certificates is what the server trusts beyond its image's own CAs.
type Certificates struct {
	CustomCAs  []CustomCA  `yaml:"customCAs,omitempty"`
	SecretRefs []SecretRef `yaml:"secretRefs,omitempty"`
}

// CustomCA is one more certificate authority that the server trusts.
type CustomCA struct {
	Name        string `yaml:"name"`
	Certificate Source `yaml:"certificate"`
}

// Proxy is the HTTP proxy between the server and the world.
type Proxy struct {
	HTTP    string   `yaml:"http,omitempty"`
	HTTPS   string   `yaml:"https,omitempty"`
	NoProxy []string `yaml:"noProxy,omitempty"`
}

// Prerequisites is what the exposure needs in the cluster besides the server.
type Prerequisites struct {
	IngressNginx  string       `yaml:"ingressNginx,omitempty"`
	CertManager   string       `yaml:"certManager,omitempty"`
	ClusterIssuer IssuerToMake `yaml:"clusterIssuer,omitempty"`
}

// IssuerToMake is a ClusterIssuer for Let's Encrypt that is to be made.
type IssuerToMake struct {
	Create bool   `yaml:"create,omitempty"`
	ACME   string `yaml:"acme,omitempty"`
	Email  string `yaml:"email,omitempty"`
}

// Admin is the first user, and when the server is activated.
type Admin struct {
	Activate   string `yaml:"activate,omitempty"`
	Through    string `yaml:"through,omitempty"`
	Username   string `yaml:"username,omitempty"`
	Password   Source `yaml:"password,omitempty"`
	ServerName string `yaml:"serverName,omitempty"`
}

// The values of these fields that offer a choice.
const (
	PrerequisiteInstall = "install"
	PrerequisiteRequire = "require"
	PrerequisiteSkip    = "skip"

	ACMEStaging    = "staging"
	ACMEProduction = "production"

	ActivateBrowser = "browser"
	ActivateAuto    = "auto"
	ActivateLater   = "later"

	ThroughAPI         = "api"
	ThroughEnvironment = "environment"
)
