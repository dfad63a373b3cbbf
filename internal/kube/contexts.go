package kube

import (
	"sort"

	"k8s.io/client-go/tools/clientcmd/api"
)

func list(raw api.Config, chosen string) []Context {
	if chosen == "" {
		chosen = raw.CurrentContext
	}
	var contexts []Context
	for name, c := range raw.Contexts {
		entry := Context{Name: name, Cluster: c.Cluster, User: c.AuthInfo, Namespace: c.Namespace,
			Current: name == chosen}
		if cluster, ok := raw.Clusters[c.Cluster]; ok {
			entry.Server = cluster.Server
		}
		contexts = append(contexts, entry)
	}
	sort.Slice(contexts, func(i, j int) bool { return contexts[i].Name < contexts[j].Name })
	return contexts
}
