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
