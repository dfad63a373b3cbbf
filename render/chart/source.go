package chart

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

// Source identifies a chart.
//
// Ref is one of
//
//   - an OCI reference: oci://HOST/PATH, optionally with :VERSION or @DIGEST
//   - a chart repository: https://HOST/PATH, whose index is
//     https://HOST/PATH/index.yaml. The chart is "zenml", or NAME if the
//     reference is https://HOST/PATH/NAME
//   - the URL of an archive: https://HOST/PATH/zenml-0.98.0.tgz
//   - a local folder or .tgz file
//
// An empty Version selects the newest stable version of a registry or
// repository. It may be a constraint such as "~0.98" or ">=0.94.2 <0.99".
type Source struct {
	Ref     string
	Version string

	// PlainHTTP connects to an OCI registry without TLS. A registry on loopback
	// that does not support TLS does not need it.
	PlainHTTP bool

	// CredentialsFile contains registry credentials. The default is the file
	// that `helm registry login` writes, then Docker's.
	CredentialsFile string

	// Verify selects how the signature is verified.
	Verify Verification

	// Renderer is this program, which runs Serve when its only argument is
	// RendererArgument. Charts are then rendered in a process of their own, with
	// limits on time and memory. Empty renders in this process, where a template
	// that loops can only be abandoned.
	Renderer string
}

// DefaultChart is the chart's name in a repository whose URL does not name one.
const DefaultChart = "zenml"

type sourceKind int

const (
	sourcePath sourceKind = iota
	sourceOCI
	sourceRepository
	sourceArchiveURL
)

func (s Source) kind() sourceKind {
	switch {
	case strings.HasPrefix(s.Ref, "oci://"):
		return sourceOCI
	case !strings.HasPrefix(s.Ref, "https://") && !strings.HasPrefix(s.Ref, "http://"):
		return sourcePath
	case strings.HasSuffix(s.Ref, ".tgz"):
		return sourceArchiveURL
	default:
		return sourceRepository
	}
}

// redactedRef returns the reference without its password.
func (s Source) redactedRef() string {
	if s.kind() == sourcePath {
		return s.Ref
	}
	u, err := url.Parse(s.Ref)
	if err != nil {
		return s.Ref
	}
	return u.Redacted()
}

// check validates the source without network or file access.
func (s Source) check() error {
	if s.Ref == "" {
		return &SourceError{
			Reason: ReasonInvalid,
			Remedy: "set chart.ref to an oci:// reference, a repository URL, a folder or a .tgz file",
		}
	}
	if s.kind() == sourcePath {
		if scheme, _, found := strings.Cut(s.Ref, "://"); found {
			return &SourceError{
				Ref:    s.Ref,
				Reason: ReasonInvalid,
				Remedy: fmt.Sprintf("unknown scheme %q: use oci://, https://, a folder or a .tgz file", scheme),
			}
		}
		return nil
	}
	if u, err := url.Parse(s.Ref); err != nil || u.Host == "" {
		return &SourceError{
			Ref:    s.Ref,
			Reason: ReasonInvalid,
			Err:    err,
			Remedy: "write the reference as SCHEME://HOST/PATH",
		}
	}
	return nil
}

// loopback reports whether the reference's host is a loopback address.
func (s Source) loopback() bool {
	u, err := url.Parse(s.Ref)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}

func (s Source) isDir() bool {
	info, err := os.Stat(s.Ref)
	return err == nil && info.IsDir()
}
