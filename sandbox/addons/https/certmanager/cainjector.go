package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	logsapi "k8s.io/component-base/logs/api/v1"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	cmapi "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util"
)

func newCAInjectorCommand() *cobra.Command {
	logging, metrics := logsapi.NewLoggingConfiguration(), ""
	command := &cobra.Command{
		Use:   "cainjector",
		Short: "write CA bundles into webhook configurations",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return runCAInjector(command.Context(), metrics) },
	}
	command.Flags().StringVar(&metrics, "metrics-listen-address", "0.0.0.0:9402", "address of the metrics; 0 for none")
	ignoreLeaderElection(command.Flags())
	addLogging(command, logging)
	return command
}

func runCAInjector(ctx context.Context, metrics string) error {
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	manager, err := ctrl.NewManager(util.RestConfigWithUserAgent(config, "cainjector"), ctrl.Options{
		Scheme:  injectorScheme(),
		Logger:  logs.FromContext(ctx, "cainjector"),
		Metrics: server.Options{BindAddress: metrics},
		// The injector watches only the metadata of Secrets and reads the few
		// that it needs.
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
	})
	if err != nil {
		return fmt.Errorf("create the manager: %w", err)
	}
	options := cainjector.SetupOptions{EnableCertificatesDataSource: true, EnabledReconcilersFor: map[string]bool{
		cainjector.MutatingWebhookConfigurationName: true, cainjector.ValidatingWebhookConfigurationName: true,
		cainjector.APIServiceName: true, cainjector.CustomResourceDefinitionName: true,
	}}
	if err := cainjector.RegisterAllInjectors(ctx, manager, options); err != nil {
		return fmt.Errorf("register the injectors: %w", err)
	}
	return manager.Start(ctx)
}

func injectorScheme() *runtime.Scheme {
	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		scheme.AddToScheme, cmapi.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme,
	} {
		utilruntime.Must(add(all))
	}
	return all
}
