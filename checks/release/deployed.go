// Package release reads the deployed release and the rendered one, for several
// groups of checks.
package release

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

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Deployed is the newest revision of a release in Helm's storage.
type Deployed struct {
	Status   string // deployed, failed, pending-install, …
	Revision int
	Chart    string
	Version  string
	Manifest string // the rendered objects, without hooks
}

var deployedMemo = check.NewMemo[*Deployed]("release")

// FindDeployed reads the newest revision of the release, once; nil if there is none.
// It lists labels only and reads the content of one Secret.
func FindDeployed(ctx context.Context, e *check.Env) (*Deployed, error) {
	return deployedMemo.Get(ctx, e, func(ctx context.Context) (*Deployed, error) {
		config, err := e.Cluster.Config()
		if err != nil {
			return nil, err
		}
		client, err := metadata.NewForConfig(config)
		if err != nil {
			return nil, err
		}
		secrets := schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
		ofRelease := metav1.ListOptions{LabelSelector: "owner=helm,name=" + e.Release()}
		found, err := client.Resource(secrets).Namespace(e.Namespace()).List(ctx, ofRelease)
		if err != nil {
			return nil, check.KubeError(err)
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
		return readRelease(ctx, e, name)
	})
}

func readRelease(ctx context.Context, e *check.Env, name string) (*Deployed, error) {
	s, err := e.Secret(ctx, name)
	if err != nil {
		return nil, err
	}
	content, err := unpack(s.Data["release"])
	if err != nil {
		return nil, fmt.Errorf("cannot decode the release in Secret %s: %w", name, err)
	}
	return content, nil
}

// unpack decodes Helm's format of a release: JSON, gzip, base64.
func unpack(data []byte) (*Deployed, error) {
	packed, err := base64.StdEncoding.DecodeString(string(data))
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	const most = 64 << 20 // a Secret is at most 1 MiB; this stops a decompression bomb
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
	return &Deployed{
		Status: release.Info.Status, Revision: release.Version, Manifest: release.Manifest,
		Chart: release.Chart.Metadata.Name, Version: release.Chart.Metadata.Version,
	}, nil
}
