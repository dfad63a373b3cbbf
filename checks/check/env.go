package check

import (
	"context"
	"net"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// Env is the environment that the checks examine. A check whose input is nil is
// skipped and says so.
type Env struct {
	// Answers are complete, with their defaults filled in (answers.Answers.Complete).
	Answers answers.Answers
	// Cluster is the access to the cluster that the server is installed into.
	Cluster *kube.Access
	// Local reads the files and variables of this machine that the answers name.
	Local answers.Local
	// Chart pulls the chart. An error with a method Remedy() string brings its own
	// remedy.
	Chart func(context.Context) (chartinfo.Info, error)
	// Prerequisite pulls the chart of something that the user agreed to install. An
	// error with a method Remedy() string brings its own remedy. nil skips it.
	Prerequisite func(context.Context, prerequisite.Component) error
	// Bundle looks up an image in the bundle that is installed; nil if there is none.
	Bundle func(image string) Bundled
	// Rendered renders the chart with the values made from the answers.
	Rendered func(context.Context) (Rendered, error)
	// Port is the local port of the port-forward; 0 means any free one.
	Port int
	// PortChosen is true if the user asked for exactly that port.
	PortChosen bool
	// PlainHTTP allows requests to registries without TLS. Registries on the
	// loopback interface are always allowed.
	PlainHTTP bool
	// Keychain holds this machine's registry logins; none if nil. The nodes do
	// not have them.
	Keychain authn.Keychain
	// Resolver looks up host names; net.DefaultResolver if nil.
	Resolver *net.Resolver
	// Now is the clock; time.Now if nil.
	Now func() time.Time

	options Options
	memory  *memory
	left    *leftovers // leftovers of the check that has this copy
}

// Bundled describes an image in a bundle.
type Bundled struct {
	Found bool
	// Platforms are those of an image that is not pushed yet, such as linux/amd64. It is
	// not searched in its registry.
	Platforms []string
}

// Rendered is what the install would apply, and its faults.
type Rendered struct {
	// Objects of the release, hooks and tests included.
	Objects []manifest.Object
	// Secrets that the installer creates in addition to the release. Only the dry
	// run of admission uses their content.
	Secrets []corev1.Secret
	// Unknown lists the values that the chart does not have.
	Unknown answers.Faults
	// Findings lists the answers that have no effect on the objects.
	Findings answers.Faults
	// Warnings lists defaults, and settings that the installer adds by itself,
	// that have no effect.
	Warnings answers.Faults
	// Staged means that the install leaves out what exposes the server until it is
	// activated. The objects contain it nevertheless.
	Staged bool
}

// Begin returns a copy with an empty cache, for one run.
func (e *Env) Begin(ctx context.Context, o Options) *Env {
	c := *e
	c.options = o
	c.memory, c.left = newMemory(ctx), &leftovers{}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	return &c
}

// AtEnd calls closer at the end of the run, for something that a check opened.
func (e *Env) AtEnd(closer func()) { e.memory.atEnd(closer) }

// End finishes the run that Begin started.
func (e *Env) End() { e.memory.end() }

// ReadOnly returns true if this run must not create anything.
func (e *Env) ReadOnly() bool { return e.options.ReadOnly }

// Unannounced returns true if the user has not seen the notices of the checks.
func (e *Env) Unannounced() bool { return e.options.Unannounced }

// CreatesNamespace returns true if a check can create a missing namespace that it
// removes again.
func (e *Env) CreatesNamespace() bool { return e.options.CreateNamespace }

// WaitsForOther returns true if the install waits for another run that is
// changing the release.
func (e *Env) WaitsForOther() bool { return e.options.WaitForOther }

// Namespace returns the namespace that the server is installed into.
func (e *Env) Namespace() string { return e.Answers.Cluster.Namespace }

// Release returns the name of the Helm release.
func (e *Env) Release() string { return e.Answers.Cluster.Release }

var chartMemo = NewMemo[chartinfo.Info]("chart")

// PullChart pulls the chart once per run.
func (e *Env) PullChart(ctx context.Context) (chartinfo.Info, error) {
	return chartMemo.Get(ctx, e, e.Chart)
}

var renderedMemo = NewMemo[Rendered]("rendered")

// Render renders the chart once per run.
func (e *Env) Render(ctx context.Context) (Rendered, error) {
	return renderedMemo.Get(ctx, e, e.Rendered)
}
