// Package inventory lists what a cluster has to choose from for the answers that
// name something in it: namespaces, classes, gateways, issuers, Secrets.
package inventory

import (
	"context"
	"slices"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// Options are the options by answers key, the suggested one first. Those of expose.gateway
// are the existing Gateways as NAMESPACE/NAME, which are options of no question.
type Options map[string][]answers.Option

// most is how many objects of a kind are listed.
const most = 500

// reader lists the objects of one cluster.
type reader struct {
	client    kubernetes.Interface
	objects   dynamic.Interface
	metadata  metadata.Interface
	namespace string
	release   string
}

// source lists the options for some answers.
type source struct {
	keys []string
	list func(context.Context, *reader) []answers.Option
}

var sources = []source{
	{[]string{"cluster.namespace"}, namespaces},
	{[]string{"cluster.release"}, releases},
	{[]string{"database.sqlite.storageClass", "database.backup.volume.storageClass"}, storageClasses},
	{[]string{"database.sqlite.persistent"}, volume},
	{[]string{"expose.ingress.class"}, ingressClasses},
	{[]string{"expose.gateway"}, gatewayPairs},
	{[]string{"expose.gateway.name"}, gatewayNames},
	{[]string{"expose.gateway.namespace"}, gatewayNamespaces},
	{[]string{"expose.gateway.section"}, listeners},
	{[]string{"prerequisites.gateway.create"}, futureGateway},
	{[]string{"prerequisites.gateway.class"}, gatewayClasses},
	{[]string{"expose.tls.issuer.name"}, issuers},
	{[]string{"expose.tls.secretName"}, certificateSecrets},
	{[]string{"secretsStore.aws.region", "backupSecretsStore.aws.region", "database.mysql.rds.region",
		"database.payloads.region"}, awsRegions},
	{[]string{"server.serviceAccount.name"}, serviceAccounts},
	{[]string{"server.security.profile"}, securityProfile},
	{[]string{prerequisite.Traefik.Key}, missing(prerequisite.Traefik, gatewayTraefik)},
	{[]string{prerequisite.IngressNginx.Key}, missing(prerequisite.IngressNginx)},
	{[]string{prerequisite.CertManager.Key}, missing(prerequisite.CertManager)},
}

// Read lists the options for the namespace and the release of the answers, which
// are complete. What cannot be listed, for lack of the right or of the kind, has
// none.
func Read(ctx context.Context, config *rest.Config, a answers.Answers) (Options, error) {
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	meta, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	r := &reader{client, objects, meta, a.Cluster.Namespace, a.Cluster.Release}
	found := Options{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, s := range sources {
		all.Go(func() {
			options := s.list(ctx, r)
			mu.Lock()
			defer mu.Unlock()
			for _, key := range s.keys {
				if len(options) > 0 {
					found[key] = options
				}
			}
		})
	}
	all.Wait()
	return found, ctx.Err()
}

func resource(group, name string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: group, Version: "v1", Resource: name}
}

// list returns the objects of a kind, of all namespaces unless one is given.
func (r *reader) list(
	ctx context.Context,
	kind schema.GroupVersionResource,
	namespace string,
) []unstructured.Unstructured {
	list, err := r.objects.Resource(kind).Namespace(namespace).List(ctx, metav1.ListOptions{Limit: most})
	if err != nil {
		return nil
	}
	return list.Items
}

// names returns the metadata of the objects of a kind, never their content.
func (r *reader) names(
	ctx context.Context,
	kind schema.GroupVersionResource,
	namespace string,
	of metav1.ListOptions,
) []metav1.PartialObjectMetadata {
	of.Limit = most
	list, err := r.metadata.Resource(kind).Namespace(namespace).List(ctx, of)
	if err != nil {
		return nil
	}
	return list.Items
}

// option describes a choice by what is known about it.
func option(value string, facts ...string) answers.Option {
	facts = slices.DeleteFunc(facts, func(f string) bool { return f == "" })
	return answers.Option{Value: value, Title: value, Help: strings.Join(facts, ", ")}
}

// when returns text if a condition holds.
func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

// text returns a string in an object, or "".
func text(in map[string]any, path ...string) string {
	s, _, _ := unstructured.NestedString(in, path...)
	return s
}
