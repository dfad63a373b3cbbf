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
)

// Env is what the checks ask about. What is nil is not there: the checks that
// need it are skipped and say so.
type Env struct {
	// Answers with their defaults filled in (answers.Answers.Complete).
	Answers answers.Answers
	// Cluster is the way into the cluster that gets the server.
	Cluster *kube.Access
	// Local reads what the answers name on this machine.
	Local answers.Local
	// Chart pulls the chart. An error with a method Remedy() string brings its
	// own remedy into the report.
	Chart func(context.Context) (chartinfo.Info, error)
	// Rendered renders the chart with the values made from the answers.
	Rendered func(context.Context) (Rendered, error)
	// Port is the local port to reach the server by; 0 means any free one.
	Port int
	// PortChosen tells that the user asked for exactly that port.
	PortChosen bool
	// PlainHTTP lets registries be asked without TLS. Those on the loopback
	// interface always may.
	PlainHTTP bool
	// Keychain holds the logins of this machine to registries; none when nil.
	// The nodes do not have them.
	Keychain authn.Keychain
	// Resolver looks up host names; net.DefaultResolver when nil.
	Resolver *net.Resolver
	// Now is the clock; time.Now when nil.
	Now func() time.Time

	options Options
	memory  *memory
	left    *leavings // of the check that has this copy
}

// Rendered is what the install would apply, and what is wrong with it.
type Rendered struct {
	// Objects of the release, hooks and tests included.
	Objects []manifest.Object
	// Secrets that the installer makes beside the release. Only their names,
	// keys and types are read, apart from the dry run of admission.
	Secrets []corev1.Secret
	// Unknown lists the values that the chart does not know.
	Unknown answers.Faults
	// Findings lists the answers that have no effect on the objects.
	Findings answers.Faults
}

// Begin returns a copy with nothing remembered, for one run.
func (e *Env) Begin(ctx context.Context, o Options) *Env {
	c := *e
	c.options = o
	c.memory, c.left = newMemory(ctx), &leavings{}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	return &c
}

// AtEnd calls closer when the run is over, for what a check has opened.
func (e *Env) AtEnd(closer func()) { e.memory.atEnd(closer) }

// End ends the run that Begin has started.
func (e *Env) End() { e.memory.end() }

// ReadOnly returns true if this run must not write anything.
func (e *Env) ReadOnly() bool { return e.options.ReadOnly }

// Unannounced returns true if nobody has read the notices of the checks.
func (e *Env) Unannounced() bool { return e.options.Unannounced }

// Namespace is where the server is installed.
func (e *Env) Namespace() string { return e.Answers.Cluster.Namespace }

// Release is the name of the Helm release.
func (e *Env) Release() string { return e.Answers.Cluster.Release }

var chartMemo = NewMemo[chartinfo.Info]("chart")

// PullChart pulls the chart once.
func (e *Env) PullChart(ctx context.Context) (chartinfo.Info, error) {
	return chartMemo.Get(ctx, e, e.Chart)
}

var renderedMemo = NewMemo[Rendered]("rendered")

// Render renders the chart once.
func (e *Env) Render(ctx context.Context) (Rendered, error) {
	return renderedMemo.Get(ctx, e, e.Rendered)
}
