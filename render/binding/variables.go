package binding

import "github.com/zenml-installer/zenml-installer/internal/answers"

// Variables of the server that follow from other answers.
const (
	RegionVariable    = "AWS_DEFAULT_REGION"
	GRPCRootsVariable = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"
)

// CABundle is the file in which the charts collect the trusted CAs.
const CABundle = "/updated-certs/ca-certificates.crt"

// NeedsRegion reports whether the server calls STS for a store. It does not pass the
// store's region to these calls.
func NeedsRegion(a answers.AWSStore) bool {
	return a.Region != "" && (a.AuthMethod == answers.AWSIAMRole || a.AuthMethod == answers.ImplicitAuth)
}

// HasCAs reports whether the chart is given additional CAs.
func HasCAs(c answers.Certificates) bool { return len(c.CustomCAs)+len(c.SecretRefs) > 0 }
