package cluster

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// oldestMinor is the first 1.x that serves every object of the chart:
// autoscaling/v2 was added in Kubernetes 1.23.
const oldestMinor = 23

// support lists the end of upstream support of each minor version
// (kubernetes.io/releases/patch-releases). Newer ones are supported.
var support = []struct {
	minor uint64
	until string // the last day of support
}{
	{31, "2025-11-11"}, {32, "2026-02-28"}, {33, "2026-06-28"},
	{34, "2026-10-27"}, {35, "2027-02-28"}, {36, "2027-06-28"},
}

func checkVersion(ctx context.Context, e *check.Env) (string, error) {
	found, err := FindAPIServer(ctx, e)
	if err != nil {
		return "", err
	}
	text := found.Version.GitVersion
	v, err := semver.NewVersion(text)
	if err != nil {
		return "", check.Skip("cannot parse the API server's version %q", text)
	}
	if v.Major() < 1 || v.Major() == 1 && v.Minor() < oldestMinor {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the cluster runs Kubernetes %s; the chart needs 1.%d or newer", text, oldestMinor),
			Remedy:  "upgrade the cluster to a version that upstream supports: kubernetes.io/releases",
		}
	}
	if until, over := unsupported(v.Minor(), e.Now()); over {
		return "", &check.Fault{
			Warn: true, Summary: fmt.Sprintf("the cluster runs Kubernetes %s; upstream support ended: %s", text, until),
			Reason: "it gets no more security fixes, unless your provider ships them",
			Remedy: "plan an upgrade of the cluster; the install works with this version",
		}
	}
	return text, nil
}

// unsupported reports whether upstream support of a minor version ended, and when.
func unsupported(minor uint64, now time.Time) (until string, over bool) {
	if minor < support[0].minor {
		return "before " + support[0].until, true
	}
	for _, s := range support {
		if s.minor == minor {
			end, err := time.Parse(time.DateOnly, s.until)
			return s.until, err == nil && now.After(end.AddDate(0, 0, 1))
		}
	}
	return "", false
}

// maxSkew is the clock difference that Kubernetes' own components tolerate.
const maxSkew = 5 * time.Minute

func checkClock(ctx context.Context, e *check.Env) (string, error) {
	found, err := FindAPIServer(ctx, e)
	if err != nil {
		return "", err
	}
	if found.clock.IsZero() {
		return "", check.Skip("the API server does not send its time")
	}
	off := found.skew.Abs().Round(time.Second)
	if off > maxSkew {
		way := "behind"
		if found.skew < 0 {
			way = "ahead of"
		}
		return "", &check.Fault{
			Summary: fmt.Sprintf("this machine's clock is %s %s the API server's", off, way),
			Remedy: "set the clock: sudo timedatectl set-ntp true " +
				"(macOS: sudo sntp -sS time.apple.com; WSL: sudo hwclock -s)",
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%s difference", off)), nil
}
