package supervisor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/controlplane"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/storage"
)

// bringUp starts a sandbox step by step. It fails when a component ends.
func (s *Supervisor) bringUp(parent context.Context) error {
	timed, stop := context.WithTimeoutCause(
		parent,
		s.options.Timeout,
		fmt.Errorf("not ready after %s", s.options.Timeout),
	)
	defer stop()
	ctx, cancel := context.WithCancelCause(timed)
	defer cancel(nil)
	if err := s.openHost(ctx); err != nil {
		return err
	}
	go s.failFast(ctx, cancel)
	for _, step := range []struct {
		say string
		do  func(context.Context) error
	}{
		{"issuing certificates", s.preparePlane},
		{"starting etcd, the API server, the registry and the database", s.startServices},
		{"starting the controllers", func(context.Context) error { return s.startControllers(parent) }},
		{"starting the nodes", s.host.Join},
		{"waiting for the nodes", s.waitNodes},
		{"waiting for Services", s.host.Ready},
		{"waiting for the default service account", s.waitServiceAccount},
		{"installing the add-ons", s.installAddons},
	} {
		s.say("%s", step.say)
		if err := step.do(ctx); err != nil {
			return because(ctx, fmt.Errorf("%s: %w", step.say, err))
		}
	}
	return s.update(func(r *state.Record) { r.State = state.Running })
}

// because replaces the error of a cancelled step by the cause of the
// cancellation.
func because(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if cause == nil || errors.Is(err, cause) {
		return err
	}
	if errors.Is(cause, context.Canceled) {
		return errors.New("interrupted")
	}
	if errors.Is(context.Cause(ctx), ctx.Err()) {
		return err
	}
	var exit *exitError
	if errors.As(cause, &exit) {
		return cause
	}
	return fmt.Errorf("%w: %w", cause, err)
}

type exitError struct{ error }

func (s *Supervisor) failFast(ctx context.Context, cancel context.CancelCauseFunc) {
	var exit process.Exit
	select {
	case <-ctx.Done():
		return
	case exit = <-s.host.Runner().Exits():
	case exit = <-s.beside.Exits():
	}
	s.ended(exit)
	cancel(&exitError{s.died(exit)})
}

func (s *Supervisor) preparePlane(context.Context) error {
	endpoints, err := s.endpoints()
	if err != nil {
		return err
	}
	s.plane, err = controlplane.Prepare(s.options.Dir, endpoints, s.options.Executable)
	if err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", s.options.Dir.Kubeconfig())
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	config.QPS = -1
	config.UserAgent = "zenml-sandbox"
	config.ContentType = "application/vnd.kubernetes.protobuf"
	s.client, err = kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("connect to the API server: %w", err)
	}
	return s.update(func(r *state.Record) { r.Kubernetes.APIServer = endpoints.URL() })
}

// startServices starts independent services in parallel.
func (s *Supervisor) startServices(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.startPlane(ctx) })
	group.Go(func() error { return s.publish(ctx) })
	group.Go(func() error { return s.startDatabase(ctx) })
	group.Go(func() error { return s.host.Prepare(ctx) })
	return group.Wait()
}

func (s *Supervisor) startPlane(ctx context.Context) error {
	if err := s.start(s.plane.Etcd(), s.plane.APIServer()); err != nil {
		return err
	}
	return poll(ctx, 100*time.Millisecond, func(ctx context.Context) error {
		return s.client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

func (s *Supervisor) startControllers(ctx context.Context) error {
	go func() {
		folders := storage.Folders{}
		if s.options.real() {
			folders = s.realFolders()
		}
		if err := storage.Run(ctx, s.client, folders); err != nil {
			_, _ = fmt.Fprintln(s.log, err)
		}
	}()
	return s.start(s.plane.ControllerManager(), s.plane.Scheduler())
}

// start starts components and records their process ids.
func (s *Supervisor) start(specs ...process.Spec) error {
	for _, spec := range specs {
		id, err := s.host.Runner().Start(spec)
		if err != nil {
			return err
		}
		pid := s.host.PID(id)
		if err := s.update(func(r *state.Record) { r.PIDs[spec.Name] = pid }); err != nil {
			return err
		}
	}
	return nil
}

// poll calls check until it succeeds. When ctx is done, it returns the last
// error.
func poll(ctx context.Context, interval time.Duration, check func(context.Context) error) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	last := errNotReady
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return last
		case <-ticker.C:
		}
	}
}
