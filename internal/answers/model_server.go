package answers

// Server configures the server's pods.
type Server struct {
	URL                 string            `yaml:"url,omitempty"`
	DashboardURL        string            `yaml:"dashboardURL,omitempty"`
	Replicas            int               `yaml:"replicas,omitempty"`
	Autoscaling         Autoscaling       `yaml:"autoscaling,omitempty"`
	Resources           Resources         `yaml:"resources,omitempty"`
	MigrationResources  Resources         `yaml:"migrationResources,omitempty"`
	Image               Image             `yaml:"image,omitempty"`
	ServiceAccount      ServiceAccount    `yaml:"serviceAccount,omitempty"`
	PodAnnotations      map[string]string `yaml:"podAnnotations,omitempty"`
	NodeSelector        map[string]string `yaml:"nodeSelector,omitempty"`
	Tolerations         []map[string]any  `yaml:"tolerations,omitempty"`
	Affinity            map[string]any    `yaml:"affinity,omitempty"`
	Security            Security          `yaml:"security,omitempty"`
	Environment         map[string]string `yaml:"environment,omitempty"`
	SecretEnvironment   map[string]Source `yaml:"secretEnvironment,omitempty"`
	Logging             Logging           `yaml:"logging,omitempty"`
	TelemetryOptOut     bool              `yaml:"telemetryOptOut,omitempty"`
	OpenTelemetry       OpenTelemetry     `yaml:"openTelemetry,omitempty"`
	Auth                Auth              `yaml:"auth,omitempty"`
	SecureHeaders       map[string]string `yaml:"secureHeaders,omitempty"`
	DefaultProject      string            `yaml:"defaultProject,omitempty"`
	ImplicitAuthMethods bool              `yaml:"implicitAuthMethods,omitempty"`
	ThreadPoolSize      int               `yaml:"threadPoolSize,omitempty"`
	AuthThreadPoolSize  int               `yaml:"authThreadPoolSize,omitempty"`
	RequestTimeout      int               `yaml:"requestTimeout,omitempty"`
	RequestCacheTimeout *int              `yaml:"requestCacheTimeout,omitempty"` // 0 is an answer
}

// Autoscaling lets Kubernetes choose the number of pods.
type Autoscaling struct {
	MinReplicas int `yaml:"minReplicas,omitempty"`
	MaxReplicas int `yaml:"maxReplicas,omitempty"`
	CPU         int `yaml:"cpu,omitempty"`
}

// Resources are the requests and limits of a container.
type Resources struct {
	Requests map[string]string `yaml:"requests,omitempty"`
	Limits   map[string]string `yaml:"limits,omitempty"`
}

// Image is the server's container image.
type Image struct {
	Repository  string   `yaml:"repository,omitempty"`
	Tag         string   `yaml:"tag,omitempty"`
	PullPolicy  string   `yaml:"pullPolicy,omitempty"`
	PullSecrets []string `yaml:"pullSecrets,omitempty"`
}

// ServiceAccount is the identity of the pods in the cluster.
type ServiceAccount struct {
	Name        string            `yaml:"name,omitempty"`
	Existing    bool              `yaml:"existing,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`
}

// Security is the set of restrictions for the pods.
type Security struct {
	Profile   string         `yaml:"profile,omitempty"`
	Pod       map[string]any `yaml:"pod,omitempty"`
	Container map[string]any `yaml:"container,omitempty"`
}

// Logging configures the server's log.
type Logging struct {
	Verbosity string `yaml:"verbosity,omitempty"`
	Format    string `yaml:"format,omitempty"`
	NoColors  bool   `yaml:"noColors,omitempty"`
}

// OpenTelemetry is where the server sends traces, metrics and logs.
type OpenTelemetry struct {
	Endpoint        string   `yaml:"endpoint,omitempty"`
	ServiceName     string   `yaml:"serviceName,omitempty"`
	TracesEndpoint  string   `yaml:"tracesEndpoint,omitempty"`
	MetricsEndpoint string   `yaml:"metricsEndpoint,omitempty"`
	LogsEndpoint    string   `yaml:"logsEndpoint,omitempty"`
	Disable         []string `yaml:"disable,omitempty"`
}

// Auth is how users and devices log in.
type Auth struct {
	Scheme                          string   `yaml:"scheme,omitempty"`
	JWTSecretKey                    Source   `yaml:"jwtSecretKey,omitempty"`
	JWTTokenAlgorithm               string   `yaml:"jwtTokenAlgorithm,omitempty"`
	JWTTokenIssuer                  string   `yaml:"jwtTokenIssuer,omitempty"`
	JWTTokenAudience                string   `yaml:"jwtTokenAudience,omitempty"`
	JWTTokenLeewaySeconds           *int     `yaml:"jwtTokenLeewaySeconds,omitempty"` // 0 is an answer
	JWTTokenExpireMinutes           int      `yaml:"jwtTokenExpireMinutes,omitempty"`
	AuthCookieName                  string   `yaml:"authCookieName,omitempty"`
	AuthCookieDomain                string   `yaml:"authCookieDomain,omitempty"`
	CORSAllowOrigins                []string `yaml:"corsAllowOrigins,omitempty"`
	MaxFailedDeviceAuthAttempts     int      `yaml:"maxFailedDeviceAuthAttempts,omitempty"`
	DeviceAuthTimeout               int      `yaml:"deviceAuthTimeout,omitempty"`
	DeviceAuthPollingInterval       int      `yaml:"deviceAuthPollingInterval,omitempty"`
	DeviceExpirationMinutes         int      `yaml:"deviceExpirationMinutes,omitempty"`
	TrustedDeviceExpirationMinutes  int      `yaml:"trustedDeviceExpirationMinutes,omitempty"`
	ExternalLoginURL                string   `yaml:"externalLoginURL,omitempty"`
	ExternalUserInfoURL             string   `yaml:"externalUserInfoURL,omitempty"`
	ExternalServerID                string   `yaml:"externalServerID,omitempty"`
	RBACImplementationSource        string   `yaml:"rbacImplementationSource,omitempty"`
	FeatureGateImplementationSource string   `yaml:"featureGateImplementationSource,omitempty"`
}

// The values of the server's choice fields.
const (
	SecurityChart      = "chart"
	SecurityRestricted = "restricted"
	SecurityOpenShift  = "openshift"
)
