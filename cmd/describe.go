package cmd

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/inventory"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/importer"
	"github.com/zenml-installer/zenml-installer/render/values"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// describe queries the cluster, the namespace and the release. It omits what
// the user has no permission to read; only an unreachable API server is an
// error.
func (u *setup) describe(ctx context.Context) (wizard.Target, error) {
	at := u.answers.Cluster
	target := wizard.Target{Namespace: at.Namespace, Release: at.Release}
	var err error
	if target.Context, err = u.cluster.Context(); err != nil {
		return target, err
	}
	client, err := u.cluster.Client()
	if err != nil {
		return target, err
	}
	if target.Version, err = serverVersion(ctx, client); err != nil {
		return target, fmt.Errorf("%s: %w", target.Context.Server, transport.WithoutURL(err))
	}
	target.Nodes, target.Provider = nodes(ctx, client, target.Version)
	if inventory.IsOpenShift(ctx, client) { // on any cloud
		target.Provider = "OpenShift"
	}
	_, err = client.CoreV1().Namespaces().Get(ctx, at.Namespace, metav1.GetOptions{})
	target.NamespaceExists = !apierrors.IsNotFound(err)
	if kept, err := u.keptSecrets(ctx); err == nil {
		target.Keys = values.KeptKeys(at, kept)
	}
	target.Existing, err = u.existing(ctx)
	if apierrors.IsForbidden(err) {
		err = nil
	}
	return target, err
}

func (u *setup) existing(ctx context.Context) (*wizard.Existing, error) {
	release, err := u.engine.Release(ctx, u.answers.Cluster.Namespace, u.answers.Cluster.Release)
	if err != nil || release == nil || release.Gone() {
		return nil, err
	}
	return &wizard.Existing{
		Chart:   release.Chart + " " + release.ChartVersion,
		Status:  release.Status,
		Updated: release.LastDeployed,
		Note:    releaseNote(release),

		Unfinished: release.Pending(),
		FirstRun:   isFirstRun(release),
	}, nil
}

// login gets the cluster's credentials before the screens start. It fails only if ctx has
// ended: the screens show any other error.
func (e *engine) login(ctx context.Context) error {
	u := e.setup(e.answersFile().Answers)
	err := u.login(ctx, e.streams)
	if err != nil && ctx.Err() != nil {
		return err
	}
	if at, unknown := u.cluster.Context(); err == nil && unknown == nil && e.streams.Interactive() {
		e.loggedIn = at.Name
	}
	return nil
}

// Releases implements wizard.Engine. A user who may not list those of all namespaces gets
// those of the context's namespace, or of the default one.
func (e *engine) Releases(ctx context.Context, a answers.Answers) []wizard.Found {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	u := e.setup(a)
	at, err := u.cluster.Context()
	if err != nil || u.cluster.Plugin() != "" && at.Name != e.loggedIn {
		return nil // the credential plugin might ask
	}
	releases, err := u.engine.CurrentReleases(ctx, a.Cluster.Namespace)
	if apierrors.IsForbidden(err) && a.Cluster.Namespace == "" {
		releases, _ = u.engine.CurrentReleases(ctx, cmp.Or(at.Namespace, u.answers.Cluster.Namespace))
	}
	name := at.Name
	if name == kube.NoContext {
		name = ""
	}
	var found []wizard.Found
	for _, r := range releases {
		if a.Cluster.Release != "" && a.Cluster.Release != r.Name {
			continue
		}
		found = append(found, wizard.Found{Context: name, Namespace: r.Namespace, Release: r.Name,
			Version: r.AppVersion, ChartVersion: r.ChartVersion, Status: r.Status, Updated: r.LastDeployed,
			NeedsRepair: r.Pending() || r.Status == "failed"})
	}
	return found
}

func releaseNote(r *install.Release) string {
	switch {
	case r.Pending():
		return "Another run is in progress or was killed. The preflight checks show which, and how to continue."
	case r.Status == "failed":
		return "Its last operation failed. Installing again retries it."
	}
	return "Installing upgrades it."
}

// nodes returns the number of nodes with one small request, and detects the
// provider from the nodes' providerID or the version.
func nodes(ctx context.Context, client kubernetes.Interface, kubeVersion string) (int, string) {
	page, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return 0, ""
	}
	count := len(page.Items) + int(ptr.Deref(page.RemainingItemCount, 0))
	return count, provider(page.Items[0].Spec.ProviderID, kubeVersion)
}

func provider(id, kubeVersion string) string {
	known := []struct{ mark, name string }{
		{"aws://", "Amazon EKS"}, {"gce://", "Google GKE"}, {"azure://", "Azure AKS"},
		{"k3s://", "k3s"}, {"kind://", "kind"}, {"digitalocean://", "DigitalOcean"},
		{"-gke.", "Google GKE"}, {"-eks-", "Amazon EKS"}, {"+k3s", "k3s"}, {"+rke2", "RKE2"},
	}
	for _, k := range known {
		if strings.HasPrefix(id, k.mark) || strings.Contains(kubeVersion, k.mark) {
			return k.name
		}
	}
	return ""
}

// serverVersion returns the API server's version. The discovery client's method
// does not take a context.
func serverVersion(ctx context.Context, client kubernetes.Interface) (string, error) {
	body, err := client.Discovery().RESTClient().Get().AbsPath("/version").DoRaw(ctx)
	if err != nil {
		return "", err
	}
	var found version.Info
	if err := json.Unmarshal(body, &found); err != nil {
		return "", err
	}
	return found.GitVersion, nil
}

// importRelease returns the answers that give the settings of the release, and what
// it could not carry over.
func (u *setup) importRelease(ctx context.Context) (answers.Answers, []string, error) {
	cluster := u.answers.Cluster
	release, err := u.engine.Release(ctx, cluster.Namespace, cluster.Release)
	if err == nil && release == nil {
		err = fmt.Errorf("release %s not found in namespace %s", cluster.Release, cluster.Namespace)
	}
	if err != nil {
		return answers.Answers{}, nil, err
	}
	deployed, err := u.chartFor(ctx, release)
	if err != nil {
		return answers.Answers{}, nil, err
	}
	imported := importer.Import(u.chosenValues(ctx, release), deployed.Info)
	var notes []string
	for _, note := range imported.Notes {
		notes = append(notes, note.String())
	}
	return imported.Answers, notes, nil
}

// chartFor returns the chart of a release, whose defaults its values leave out. Helm keeps
// it with the release; what it does not keep is loaded.
func (u *setup) chartFor(ctx context.Context, release *install.Release) (*chart.Chart, error) {
	if kept := chartOf(release); kept != nil {
		return kept, nil
	}
	u.answers.Chart.Version = release.ChartVersion
	loaded, err := u.chart(ctx)
	if err != nil {
		return nil, u.locateChartError(err)
	}
	return loaded, nil
}
