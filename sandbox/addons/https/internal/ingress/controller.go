package ingress

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Options configure the controller.
type Options struct {
	// Address is the IP address in statuses.
	Address string
	// Service is the controller's own Service of type LoadBalancer.
	Service types.NamespacedName
}

// Run serves until ctx is done.
func Run(ctx context.Context, options Options, log *slog.Logger) error {
	ctrl.SetLogger(logr.FromSlogHandler(log.Handler()))
	server, err := newProxy(log)
	if err != nil {
		return err
	}
	m, err := newManager()
	if err != nil {
		return err
	}
	reporter := &reporter{Client: m.GetClient(), address: options.Address, service: options.Service}
	if err := watch(m, &reconciler{proxy: server, reporter: reporter}); err != nil {
		return fmt.Errorf("watch the cluster: %w", err)
	}
	if err := errors.Join(
		m.Add(serve(server, plainPort, false)), m.Add(serve(server, securePort, true)),
	); err != nil {
		return err
	}
	return m.Start(ctx)
}

func newManager() (manager.Manager, error) {
	config, err := ctrl.GetConfig()
	if err != nil {
		return nil, err
	}
	types := runtime.NewScheme()
	if err := errors.Join(scheme.AddToScheme(types), gatewayv1.Install(types)); err != nil {
		return nil, err
	}
	m, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  types,
		Metrics: metricsserver.Options{BindAddress: "0"},
		Cache: cache.Options{ByObject: map[client.Object]cache.ByObject{
			&corev1.Secret{}: {Field: fields.OneTermEqualSelector("type", string(corev1.SecretTypeTLS))},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("create the manager: %w", err)
	}
	return m, nil
}

// reconciler rebuilds the whole table after any change.
type reconciler struct {
	proxy    *proxy
	reporter *reporter
}

// watch maps every change to a single request.
func watch(m manager.Manager, r reconcile.Reconciler) error {
	all := handler.EnqueueRequestsFromMapFunc(func(context.Context, client.Object) []reconcile.Request {
		return []reconcile.Request{{NamespacedName: types.NamespacedName{Name: "table"}}}
	})
	builder := ctrl.NewControllerManagedBy(m).Named("ingress")
	for _, object := range []client.Object{
		&networkingv1.IngressClass{}, &networkingv1.Ingress{},
		&gatewayv1.GatewayClass{}, &gatewayv1.Gateway{}, &gatewayv1.HTTPRoute{},
		&corev1.Service{}, &corev1.Secret{}, &corev1.Namespace{},
	} {
		builder = builder.Watches(object, all)
	}
	return builder.Complete(r)
}

// Reconcile serves and reports the cluster's current objects.
func (r *reconciler) Reconcile(ctx context.Context, _ reconcile.Request) (reconcile.Result, error) {
	s, err := take(ctx, r.reporter)
	if err != nil {
		return reconcile.Result{}, err
	}
	listeners := s.listeners()
	all := s.ingressTable()
	fromGateways, attachments := s.gatewayTable(listeners)
	all.add(fromGateways)
	r.proxy.table.Store(&all)
	return reconcile.Result{}, r.reporter.report(ctx, s, listeners, attachments)
}

// serve returns a listener on all of the node's addresses.
func serve(p *proxy, port int, secure bool) manager.Runnable {
	return manager.RunnableFunc(func(ctx context.Context) error {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf(":%d", port))
		if err != nil {
			return fmt.Errorf("listen on port %d: %w", port, err)
		}
		server := &http.Server{
			Handler: p, ReadHeaderTimeout: 10 * time.Second,
			ErrorLog:  slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
			TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: p.certificate},
		}
		defer context.AfterFunc(ctx, func() { _ = server.Close() })()
		if secure {
			err = server.ServeTLS(listener, "", "")
		} else {
			err = server.Serve(listener)
		}
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serve port %d: %w", port, err)
	})
}
