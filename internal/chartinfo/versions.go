package chartinfo

import (
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// currentSince is the first version that renamed zenml: to server: and added
// most of what legacy charts lack.
const currentSince = "0.94.2 or newer"

// availableSince describes the charts that have a setting. The default is
// currentSince.
var availableSince = map[string]string{
	"gateway":                    "0.94.3 or newer",
	"proxyHeaders":               "0.95.0 or newer",
	"certificates":               "0.74.0 or newer",
	"proxy":                      "0.74.0 or newer",
	"database.ssl":               "0.74.0 or newer",
	"database.passwordSecretRef": "0.74.0 or newer",
	"database.persistence":       "0.85.0 or newer",
	"database.mydumperThreads":   "0.93.1 or newer",
	"database.authMode":          "newer than 0.95.1",
	"database.awsRegion":         "newer than 0.95.1",
	"database.awsRdsIamRoleArn":  "newer than 0.95.1",
	"database.payloadStorage":    "newer than 0.95.1",
}

// VersionsWith describes the charts that have the server setting name.
func VersionsWith(name string) string {
	for prefix, version := range availableSince {
		if name == prefix || strings.HasPrefix(name, prefix+".") {
			return version
		}
	}
	return currentSince
}

// release finds a version in the words of VersionsWith.
var release = regexp.MustCompile(`\d+\.\d+\.\d+`)

// IsNewEnough reports whether a chart's version is one of those that have the
// server's setting name.
func IsNewEnough(c Info, name string) bool {
	words := VersionsWith(name)
	since := release.FindString(words)
	return !isOlder(c.Version, since) && (c.Version != since || !strings.HasPrefix(words, "newer than"))
}

// NeedsStoreSSL reports whether a server of this version uses TLS to MySQL only
// if ZENML_STORE_SSL is set. Servers before 0.74.0 use TLS if they have a
// certificate, and refuse the variable.
func NeedsStoreSSL(server string) (needs, known bool) {
	_, err := semver.NewVersion(server)
	return !isOlder(server, "0.74.0"), err == nil
}

// isOlder reports whether a chart's version lies before another; an unreadable
// version is taken as new.
func isOlder(version, than string) bool {
	v, err := semver.NewVersion(version)
	if err != nil {
		return false
	}
	base, err := v.SetPrerelease("")
	return err == nil && base.LessThan(semver.MustParse(than))
}
