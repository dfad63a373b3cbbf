package cmd

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// completionTime limits a request of the shell's completion to the cluster.
const completionTime = 3 * time.Second

// completeFlags lets the shell complete the values of flags: names in the kubeconfig and
// the cluster, check ids and formats.
func completeFlags(root *cobra.Command, s Streams, c *common) {
	fixed := func(values ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
	}
	checkNames, nothing := list(allCheckNames()), fixed()
	functions := map[string]cobra.CompletionFunc{
		"context":   names(c.contextNames),
		"namespace": names(func(ctx context.Context) []string { return c.namespaceNames(ctx) }),
		"release":   names(func(ctx context.Context) []string { return c.releaseNames(ctx, s) }),
		"only":      checkNames, "skip": checkNames, "warn-only": checkNames,
		"fail-on": fixed("fail", "warn"), "list-format": fixed("text", "json"),
		"platform": list([]string{"linux/amd64", "linux/arm64"}),
		"answer":   cobra.FixedCompletions(answerKeys(), cobra.ShellCompDirectiveNoSpace),
		"timeout":  nothing, "port": nothing, "chart-version": nothing, "image-registry": nothing,
	}
	effects := list([]string{"supply", "supply.effect", "supply.values"})
	own := map[string]cobra.CompletionFunc{
		"preflight output": fixed("text", "json", "junit"), "status output": fixed("text", "json"),
		"diagnose output": cobra.FixedCompletions([]string{"json"}, cobra.ShellCompDirectiveDefault),
		"generate format": fixed(formatNames()...), "generate skip": effects, "generate warn-only": effects,
		"install format": fixed("text", "json"), root.Name() + " format": fixed("text", "json"),
		"preflight emit-policy": folders,
	}
	for _, command := range append(root.Commands(), root) {
		visit := func(f *pflag.Flag) {
			complete := own[command.Name()+" "+f.Name]
			if complete == nil {
				complete = functions[f.Name]
			}
			if complete != nil {
				_ = command.RegisterFlagCompletionFunc(f.Name, complete) // it fails only for unknown flags
			}
		}
		command.LocalFlags().VisitAll(visit)
		if command != root && !command.HasSubCommands() && command.ValidArgsFunction == nil {
			command.ValidArgsFunction = cobra.NoFileCompletions // its Args takes none
		}
	}
}

// folders completes the names of folders.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// list completes the last of several values that commas separate.
func list(values []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		found := make([]string, len(values))
		for i, value := range values {
			found[i] = before + value
		}
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// names completes the names that list returns. Without a cluster there are none.
func names(list func(context.Context) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		ctx := cmd.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, completionTime)
		defer cancel()
		return list(ctx), cobra.ShellCompDirectiveNoFileComp
	}
}

func (c *common) contextNames(context.Context) []string {
	contexts, _ := kube.New(c.kube).Contexts()
	var found []string
	for _, at := range contexts {
		found = append(found, at.Name)
	}
	return found
}

func (c *common) namespaceNames(ctx context.Context) []string {
	client, err := kube.New(c.kube).Client()
	if err != nil {
		return nil
	}
	list, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil
	}
	var found []string
	for _, n := range list.Items {
		found = append(found, n.Name)
	}
	return found
}

func (c *common) releaseNames(ctx context.Context, s Streams) []string {
	file, err := targetOnly(*c)
	if err != nil {
		return nil
	}
	u := newSetup(s, *c, file, chart.Load)
	releases, _ := u.engine.Releases(ctx, u.answers.Cluster.Namespace)
	var found []string
	for _, r := range releases {
		found = append(found, r.Name)
	}
	return found
}

// allCheckNames lists the groups and ids of the checks.
func allCheckNames() []string {
	var found []string
	for _, c := range checks.Table {
		if !slices.Contains(found, c.Group()) {
			found = append(found, c.Group())
		}
		found = append(found, c.ID+"\t"+c.Claim)
	}
	return found
}

// answerKeys lists the keys of the answers, as --answer takes them.
func answerKeys() []string {
	var found []string
	for _, f := range answers.Fields {
		found = append(found, f.Key+"=\t"+f.Title)
	}
	return found
}
