package cluster

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// oldestMinor is the first 1.x that serves everything the chart renders:
// autoscaling/v2 came with Kubernetes 1.23.
const oldestMinor = 23

// support lists when upstream ends the support of each minor version
// (kubernetes.io/releases/patch-releases). Newer ones are supported.
var support = []struct {
	minor uint64
	until string // the day after which no patch is made
}{
	{31, "2025-11-11"}, {32, "2026-02-28"}, {33, "2026-06-28"}, {34, "2026-10-27"}, {35, "2027-02-28"}, {36, "2027-06-28"},
}

func checkVersion(ctx context.Context, e *check.Env) (string, error) {
	found, err := FindAPIServer(ctx, e)
	if err != nil {
		return "", err
	}
	text := found.Version.GitVersion
	v, err := semver.NewVersion(text)
	if err != nil {
		return "", check.Skip("the API server's version %q cannot be read", text)
	}
	if v.Major() < 1 || v.Major() == 1 && v.Minor() < oldestMinor {
		return "", &check.Fault{Found: fmt.Sprintf("the cluster runs Kubernetes %s", text), Remedy: "upgrade it to 1.23 or newer, better to a version that upstream supports"}
	}
	if until, over := unsupported(v.Minor(), e.Now()); over {
		return "", &check.Fault{
			Warn: true, Found: fmt.Sprintf("the cluster runs Kubernetes %s, which upstream supported until %s", text, until),
			Why: "it gets no more security fixes, unless your provider makes them", Remedy: "plan an upgrade of the cluster; the install works all the same",
		}
	}
	return text, nil
}

// unsupported tells whether upstream has ended the support of a minor version,
// and when.
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

// maxSkew is the clock difference that Kubernetes' own components bear.
const maxSkew = 5 * time.Minute

func checkClock(ctx context.Context, e *check.Env) (string, error) {
	found, err := FindAPIServer(ctx, e)
	if err != nil {
		return "", err
	}
	if found.clock.IsZero() {
		return "", check.Skip("the API server does not tell its time")
	}
	off := found.skew.Abs().Round(time.Second)
	if off > maxSkew {
		way := "behind"
		if found.skew < 0 {
			way = "ahead of"
		}
		return "", &check.Fault{
			Found:  fmt.Sprintf("this machine's clock is %s %s the API server's", off, way),
			Remedy: "set the clock: sudo timedatectl set-ntp true (macOS: sudo sntp -sS time.apple.com; WSL: sudo hwclock -s)",
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%s apart", off)), nil
}
