package chart

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

// Source says where a chart comes from.
//
// Ref is one of
//
//   - an OCI reference: oci://HOST/PATH, optionally with :VERSION or @DIGEST
//   - a chart repository: https://HOST/PATH, whose index is at
//     https://HOST/PATH/index.yaml and from which the chart "zenml" is taken;
//     or that URL followed by another chart's name: https://HOST/PATH/NAME
//   - an archive by URL: https://HOST/PATH/zenml-0.98.0.tgz
//   - a folder, or a .tgz file, on this machine
//
// An empty Version means the newest stable one of a registry or repository. It
// may also be a constraint such as "~0.98" or ">=0.94.2 <0.99".
type Source struct {
	Ref     string
	Version string

	// PlainHTTP reaches an OCI registry by HTTP. A registry on this machine's
	// loopback that does not speak TLS is reached by HTTP even when unset.
	PlainHTTP bool

	// CredentialsFile holds the logins of OCI registries. When empty it is the
	// one that `helm registry login` writes, and after it Docker's.
	CredentialsFile string
}

// DefaultChart is the name of the chart in a chart repository whose URL does
// not name another.
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

// shown is the reference without any password in it.
func (s Source) shown() string {
	if s.kind() == sourcePath {
		return s.Ref
	}
	u, err := url.Parse(s.Ref)
	if err != nil {
		return s.Ref
	}
	return u.Redacted()
}

// check finds faults that need no look outside this process.
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

// loopback reports whether the reference's host is this machine itself.
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

// isDir reports whether the reference is a folder.
func (s Source) isDir() bool {
	info, err := os.Stat(s.Ref)
	return err == nil && info.IsDir()
}
