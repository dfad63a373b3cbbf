package checks

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/Masterminds/semver/v3"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"
)

// deployed is the newest revision of a release, as Helm stores it.
type deployed struct {
	status   string // deployed, failed, pending-install, …
	revision int
	chart    string
	version  string
	manifest string // what it has rendered, hooks left out
}

var deployedMemo = NewMemo[*deployed]("release")

// deployed reads the newest revision of the release, once; nil when there is
// none. Only labels are listed; the content of one Secret is read.
func (e *Env) deployed(ctx context.Context) (*deployed, error) {
	return deployedMemo.Get(ctx, e, func(ctx context.Context) (*deployed, error) {
		config, err := e.Cluster.Config()
		if err != nil {
			return nil, err
		}
		client, err := metadata.NewForConfig(config)
		if err != nil {
			return nil, err
		}
		secrets := schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
		found, err := client.Resource(secrets).Namespace(e.namespace()).List(ctx, metav1.ListOptions{LabelSelector: "owner=helm,name=" + e.release()})
		if err != nil {
			return nil, kubeError(err)
		}
		newest, name := -1, ""
		for _, s := range found.Items {
			if revision, err := strconv.Atoi(s.Labels["version"]); err == nil && revision > newest {
				newest, name = revision, s.Name
			}
		}
		if newest < 0 {
			return nil, nil
		}
		return e.readRelease(ctx, name)
	})
}

func (e *Env) readRelease(ctx context.Context, name string) (*deployed, error) {
	s, err := e.secret(ctx, name)
	if err != nil {
		return nil, err
	}
	content, err := unpack(s.Data["release"])
	if err != nil {
		return nil, fmt.Errorf("Helm's Secret %s cannot be read: %w", name, err) //nolint:staticcheck // a name
	}
	return content, nil
}

// unpack reads Helm 3's form of a release: JSON, gzip, base64.
func unpack(data []byte) (*deployed, error) {
	packed, err := base64.StdEncoding.DecodeString(string(data))
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	const most = 64 << 20 // a Secret is at most 1 MiB; this stops a bomb
	plain, err := io.ReadAll(io.LimitReader(reader, most))
	if err != nil {
		return nil, err
	}
	var release struct {
		Version  int
		Manifest string
		Info     struct{ Status string }
		Chart    struct {
			Metadata struct{ Name, Version string }
		}
	}
	if err := json.Unmarshal(plain, &release); err != nil {
		return nil, err
	}
	return &deployed{status: release.Info.Status, revision: release.Version, chart: release.Chart.Metadata.Name, version: release.Chart.Metadata.Version, manifest: release.Manifest}, nil
}

func clusterRelease(ctx context.Context, e *Env) (string, error) {
	found, err := e.deployed(ctx)
	if apierrors.IsForbidden(err) {
		return "", Skip("you may not list the Secrets of namespace %s, where Helm keeps its releases", e.namespace())
	}
	if err != nil {
		return "", err
	}
	if found == nil || found.status == "uninstalled" {
		return e.release() + " is free", nil
	}
	if fault := e.unfinished(found); fault != nil {
		return "", fault
	}
	if e.Chart != nil {
		if info, err := e.chart(ctx); err == nil {
			if fault := e.otherChart(found, info.Name, info.Version); fault != nil {
				return "", fault
			}
		}
	}
	if found.status == "failed" && found.revision == 1 {
		return "", &Fault{
			Warn: true, Found: fmt.Sprintf("the first install of %s failed", e.release()),
			Why: "this run goes on from what it left", Remedy: e.uninstallCommand() + "\nbefore it, for a clean start",
		}
	}
	return fmt.Sprintf("an upgrade of revision %d (%s %s, %s)", found.revision, found.chart, found.version, found.status), nil
}

func (e *Env) uninstallCommand() string {
	return fmt.Sprintf("zenml-installer uninstall --release %s -n %s", e.release(), e.namespace())
}

func (e *Env) unfinished(found *deployed) *Fault {
	fault := &Fault{Found: fmt.Sprintf("release %s is %s at revision %d: another run is at work on it, or was killed", e.release(), found.status, found.revision)}
	switch found.status {
	case "pending-install", "uninstalling":
		fault.Remedy = "once no other run is at work: " + e.uninstallCommand()
	case "pending-upgrade", "pending-rollback":
		fault.Remedy = fmt.Sprintf("once no other run is at work: helm rollback %s -n %s", e.release(), e.namespace())
	default:
		return nil
	}
	return fault
}

func (e *Env) otherChart(found *deployed, name, version string) *Fault {
	if found.chart != name {
		return &Fault{
			Found:  fmt.Sprintf("release %s is one of the chart %s %s, not of %s", e.release(), found.chart, found.version, name),
			Why:    "the install would replace what runs there",
			Remedy: "choose another name or namespace: --release NAME, --namespace NAME",
		}
	}
	before, errBefore := semver.NewVersion(found.version)
	after, errAfter := semver.NewVersion(version)
	if errBefore == nil && errAfter == nil && after.LessThan(before) {
		return &Fault{
			Found:  fmt.Sprintf("chart %s is older than the deployed %s", version, found.version),
			Why:    "the older server does not know the database schema that the newer one has made, and does not start",
			Remedy: "take the deployed version or a newer one: --chart-version " + found.version,
		}
	}
	return nil
}
