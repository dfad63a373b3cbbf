package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/sets"
	logsapi "k8s.io/component-base/logs/api/v1"
	"sigs.k8s.io/yaml"

	"github.com/cert-manager/cert-manager/pkg/apis/certmanager"
	cmapi "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/apis/config/controller/v1alpha1"
	"github.com/cert-manager/cert-manager/pkg/controller"
	gateways "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/gateways"
	"github.com/cert-manager/cert-manager/pkg/logs"
)

// healthAddress is the address of the chart's liveness probe.
const healthAddress = ":9403"

// workers is the number of workers per controller (cert-manager's default).
const workers = 5

func newControllerCommand() *cobra.Command {
	options, logging := defaults(), logsapi.NewLoggingConfiguration()
	config := ""
	command := &cobra.Command{
		Use:   "controller",
		Short: "issue and renew certificates",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := readConfig(config, options); err != nil {
				return err
			}
			return runController(command.Context(), options)
		},
	}
	flags := command.Flags()
	flags.StringVar(&config, "config", "", "configuration file, of which only the Gateway API is used")
	flags.StringVar(
		&options.ClusterResourceNamespace,
		"cluster-resource-namespace",
		"kube-system",
		"namespace of the Secrets of ClusterIssuers",
	)
	flags.StringVar(&options.HTTP01SolverImage, "acme-http01-solver-image", "", "image of the HTTP-01 solver")
	flags.IntVar(
		&options.MaxConcurrentChallenges,
		"max-concurrent-challenges",
		60,
		"number of challenges processed at once",
	)
	flags.BoolVar(
		&options.EnableGatewayAPI,
		"enable-gateway-api",
		false,
		"issue certificates for Gateways and solve challenges through HTTPRoutes",
	)
	flags.BoolVar(&options.EnableOwnerRef, "enable-certificate-owner-ref", false, "make Certificates own their Secrets")
	ignoreLeaderElection(flags)
	addLogging(command, logging)
	return command
}

// readConfig applies the configuration of the chart value config.
func readConfig(file string, options *controller.ContextOptions) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var config v1alpha1.ControllerConfiguration
	if err := yaml.UnmarshalStrict(data, &config); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	if enabled := config.EnableGatewayAPI; enabled != nil && *enabled { //nolint:staticcheck // as older charts do
		options.EnableGatewayAPI = true
	}
	return nil
}

// defaults are cert-manager's defaults for options without a flag here. It
// omits the Venafi and Vault issuers and DNS-01.
func defaults() *controller.ContextOptions {
	return &controller.ContextOptions{
		KubernetesAPIQPS: 20, KubernetesAPIBurst: 50,
		ACMEOptions: controller.ACMEOptions{
			HTTP01SolverResourceRequestCPU:    resource.MustParse("10m"),
			HTTP01SolverResourceRequestMemory: resource.MustParse("64Mi"),
			HTTP01SolverResourceLimitsCPU:     resource.MustParse("100m"),
			HTTP01SolverResourceLimitsMemory:  resource.MustParse("64Mi"),
			ACMEHTTP01SolverRunAsNonRoot:      true,
			DNS01CheckRetryPeriod:             10 * time.Second,
		},
		IngressShimOptions: controller.IngressShimOptions{
			DefaultIssuerKind: cmapi.IssuerKind, DefaultIssuerGroup: certmanager.GroupName,
			DefaultAutoCertificateAnnotations: []string{"kubernetes.io/tls-acme"},
			GatewayAPIExtraProtocols:          sets.New[string](),
		},
		CertificateOptions: controller.CertificateOptions{
			CopiedAnnotationPrefixes: []string{
				"*",
				"-kubectl.kubernetes.io/",
				"-fluxcd.io/",
				"-argocd.argoproj.io/",
			},
			CertificateRequestMinimumBackoffDuration: time.Hour,
			CertificateRequestMaximumBackoffDuration: 32 * time.Hour,
		},
	}
}

func runController(ctx context.Context, options *controller.ContextOptions) error {
	ctx = logs.NewContext(ctx, logs.FromContext(ctx), "controller")
	factory, err := controller.NewContextFactory(ctx, *options)
	if err != nil {
		return err
	}
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	loops, err := buildLoops(factory, options.EnableGatewayAPI)
	if err != nil {
		return err
	}
	startInformers(ctx, shared, options.EnableGatewayAPI)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHealth(ctx) })
	for _, loop := range loops {
		group.Go(func() error { return loop.Run(workers, ctx) })
	}
	return group.Wait()
}

// buildLoops constructs every controller that is linked in; see controllers.go.
func buildLoops(factory *controller.ContextFactory, gateway bool) ([]controller.Interface, error) {
	var loops []controller.Interface
	for name, construct := range controller.Known() {
		if name == gateways.ControllerName && !gateway {
			continue
		}
		loop, err := construct(factory)
		if err != nil {
			return nil, fmt.Errorf("build controller %s: %w", name, err)
		}
		loops = append(loops, loop)
	}
	return loops, nil
}

// startInformers starts the informers that the controllers requested, so it
// must be called after they are built.
func startInformers(ctx context.Context, shared *controller.Context, gateway bool) {
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	if gateway {
		shared.GWShared.Start(ctx.Done())
	}
}

// serveHealth serves the liveness probe until ctx is done.
func serveHealth(ctx context.Context) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", healthAddress)
	if err != nil {
		return fmt.Errorf("listen for health checks: %w", err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) },
		),
		ReadHeaderTimeout: 10 * time.Second,
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); ctx.Err() == nil {
		return fmt.Errorf("serve health checks: %w", err)
	}
	return nil
}
