package simnode

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

// run is one pod's stand-in server or migration.
type run struct {
	pod       *corev1.Pod
	container corev1.Container
	dir       string
	cancel    context.CancelFunc
	ctx       context.Context
	// ended is closed when nothing more is written to the log.
	ended chan struct{}
	once  sync.Once

	mu     sync.Mutex
	server *http.Server
	conns  *queue
	log    *os.File
}

func newRun(ctx context.Context, pod *corev1.Pod, container corev1.Container, dir string) *run {
	ctx, cancel := context.WithCancel(ctx)
	return &run{
		pod:       pod,
		container: container,
		dir:       dir,
		ctx:       ctx,
		cancel:    cancel,
		conns:     newQueue(),
		ended:     make(chan struct{}),
	}
}

// start does what the pod's container would do. It returns the pod's outcome,
// with a message for errors in the pod's configuration.
func (r *run) start(runtime *Runtime) (outcome, message string) {
	outcome, message = r.do(runtime)
	if outcome != "running" {
		r.end()
	}
	return outcome, message
}

func (r *run) end() { r.once.Do(func() { close(r.ended) }) }

func (r *run) do(runtime *Runtime) (outcome, message string) {
	if err := r.openLog(); err != nil {
		return "config-error", err.Error()
	}
	if err := runtime.pulls(r.ctx, r.container.Image); err != nil {
		return "pull-error", err.Error()
	}
	env, err := r.environment(runtime)
	if err != nil {
		return "config-error", err.Error()
	}
	if r.checksDatabase() {
		if err := standin.CheckDatabase(r.ctx, env, r.log); err != nil {
			return "failed", ""
		}
		return "succeeded", ""
	}
	if r.migrates() {
		if err := standin.Migrate(r.ctx, env, r.log); err != nil {
			return "failed", ""
		}
		return "succeeded", ""
	}
	server, err := standin.NewServer(r.ctx, env, r.log)
	if err != nil {
		return "crash", ""
	}
	r.serve(server)
	return "running", ""
}

func (r *run) openLog() error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("make folder of pod: %w", err)
	}
	log, err := os.OpenFile(r.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make log of pod: %w", err)
	}
	r.mu.Lock()
	r.log = log
	r.mu.Unlock()
	return nil
}

func (r *run) logPath() string { return filepath.Join(r.dir, "log") }

// environment merges the image's and the pod's environment. It replaces paths
// in volumes by the volumes' folders.
func (r *run) environment(runtime *Runtime) (standin.Env, error) {
	env, err := environment(r.ctx, runtime.client, r.pod, r.container)
	if err != nil {
		return nil, err
	}
	volumes := &mounts{
		objects: objects{ctx: r.ctx, client: runtime.client, namespace: r.pod.Namespace},
		pod:     r.dir, claims: filepath.Join(runtime.dir, "claims"),
	}
	if err := volumes.layOut(r.pod, r.container); err != nil {
		return nil, err
	}
	setDefault(env, "ZENML_CONFIG_PATH", "/zenml/.zenconfig")
	setDefault(env, "ZENML_STANDIN_VERSION", tagOf(r.container.Image))
	if _, mounted := volumes.paths["/zenml"]; !mounted {
		volumes.paths["/zenml"] = filepath.Join(r.dir, "zenml")
	}
	volumes.translate(env)
	return env, nil
}

func setDefault(env map[string]string, name, value string) {
	if env[name] == "" {
		env[name] = value
	}
}

// tagOf returns an image's tag, or "".
func tagOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") {
		return image[colon+1:]
	}
	return ""
}

func (r *run) migrates() bool {
	return slices.Contains(append(slices.Clone(r.container.Command), r.container.Args...), "migrate-database")
}

// checksDatabase reports whether the pod runs the installer's database check.
func (r *run) checksDatabase() bool {
	return slices.ContainsFunc(
		r.container.Command,
		func(word string) bool { return strings.HasPrefix(word, standin.CheckMarker) },
	)
}

// serve serves the connections of port-forwards.
func (r *run) serve(server *standin.Server) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server = &http.Server{Handler: server, ReadHeaderTimeout: time.Minute}
	r.server.RegisterOnShutdown(func() { _ = server.Close() })
	go func() {
		if err := r.server.Serve(r.conns); !errors.Is(err, http.ErrServerClosed) {
			_, _ = fmt.Fprintln(r.log, err)
		}
	}()
}

// dial opens a connection to the pod's server.
func (r *run) dial(port int32) (net.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server == nil || !r.listens(port) {
		return nil, fmt.Errorf("dial tcp4 127.0.0.1:%d: connect: connection refused", port)
	}
	return r.conns.dial(r.ctx)
}

func (r *run) listens(port int32) bool {
	return slices.ContainsFunc(r.container.Ports, func(p corev1.ContainerPort) bool { return p.ContainerPort == port })
}

func (r *run) stop() {
	r.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), time.Second)
		defer cancel()
		_ = r.server.Shutdown(ctx)
		_ = r.server.Close()
	}
	if r.log != nil {
		_ = r.log.Close()
	}
	r.end()
}

// clean removes the pod's files.
func (r *run) clean() { _ = os.RemoveAll(r.dir) }
