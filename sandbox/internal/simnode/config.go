package simnode

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"text/template"
)

// Config configures kwok.
type Config struct {
	// PodCIDR is the range of the pods' addresses.
	PodCIDR string
	// NodeIP and KubeletPort are the address of all nodes' kubelet.
	NodeIP      string
	KubeletPort int
	// KubeletVersion is the version that the nodes report.
	KubeletVersion string
}

// leaseSeconds is high because there may be thousands of nodes.
const leaseSeconds = 240

// Render returns kwok's configuration file: its options and the stages of nodes
// and pods. Nodes that users create become ready too, unless they have the
// label Fault.
func (c Config) Render() ([]byte, error) {
	var out bytes.Buffer
	head, err := template.New("").Delims("<<", ">>").Parse(headTemplate)
	if err != nil {
		return nil, err
	}
	values := struct {
		Config
		Lease               int
		Architecture, Fault string
	}{c, leaseSeconds, runtime.GOARCH, Fault}
	if err := head.Execute(&out, values); err != nil {
		return nil, fmt.Errorf("render kwok's configuration: %w", err)
	}
	for _, stage := range podStages() {
		out.WriteString(stage.render())
	}
	return out.Bytes(), nil
}

const headTemplate = `apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options:
  cidr: << .PodCIDR >>
  nodeIP: << .NodeIP >>
  manageAllNodes: true
  enableDebuggingHandlers: false
  nodeLeaseDurationSeconds: << .Lease >>
  nodeLeaseParallelism: 16
  nodePlayStageParallelism: 16
  podPlayStageParallelism: 16
  podsOnNodeSyncParallelism: 16
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: node-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Node}
  selector:
    matchExpressions:
    - {key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: NotIn, values: ["True"]}
    - {key: '.metadata.labels["<< .Fault >>"]', operator: DoesNotExist}
  next:
    statusTemplate: |
      conditions:
      {{ range NodeConditions }}
      - {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }}}
      {{ end }}
      addresses:
      - {type: InternalIP, address: "<< .NodeIP >>"}
      - {type: Hostname, address: {{ .metadata.name | Quote }}}
      daemonEndpoints: {kubeletEndpoint: {Port: << .KubeletPort >>}}
      allocatable: {cpu: "16", memory: 64Gi, ephemeral-storage: 200Gi, pods: "250"}
      capacity: {cpu: "16", memory: 64Gi, ephemeral-storage: 200Gi, pods: "250"}
      nodeInfo: {architecture: << .Architecture >>, bootID: "", containerRuntimeVersion: simulated://1, kernelVersion: simulated, kubeProxyVersion: << .KubeletVersion >>, kubeletVersion: << .KubeletVersion >>, machineID: "", operatingSystem: linux, osImage: simulated, systemUUID: ""}
      phase: Running
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-deleted}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: '.metadata.deletionTimestamp', operator: Exists}
  next: {delete: true}
`

// render formats the stage for kwok.
func (p podStage) render() string {
	var out strings.Builder
	fmt.Fprintf(&out, "---\napiVersion: kwok.x-k8s.io/v1alpha1\nkind: Stage\nmetadata: {name: %s}\nspec:\n", p.name)
	out.WriteString("  resourceRef: {apiGroup: v1, kind: Pod}\n  selector:\n    matchExpressions:\n")
	for _, m := range append([]match{missing(jqDeleted)}, p.when...) {
		fmt.Fprintf(&out, "    - key: '%s'\n      operator: %s\n", m.key, m.operator)
		if len(m.values) > 0 {
			fmt.Fprintf(&out, "      values: [%q]\n", strings.Join(m.values, `", "`))
		}
	}
	out.WriteString("  next:\n    statusTemplate: |\n")
	for _, line := range strings.Split(strings.TrimSpace(p.status()), "\n") {
		out.WriteString("      " + line + "\n")
	}
	return out.String()
}

// status returns the template of the pod's status.
func (p podStage) status() string {
	ready := map[bool]string{true: "True", false: "False"}[p.ready]
	reason := ""
	if !p.ready {
		reason = ", reason: ContainersNotReady"
	}
	if p.phase == "Succeeded" {
		reason = ", reason: PodCompleted"
	}
	last := ""
	if p.last != "" {
		last = "\n  lastState: {" + p.last + "}"
	}
	return fmt.Sprintf(`{{ $root := . }}
conditions:
- {type: Initialized, status: "True", lastTransitionTime: {{ Now | Quote }}}
- {type: Ready, status: %[1]q, lastTransitionTime: {{ Now | Quote }}%[2]s}
- {type: ContainersReady, status: %[1]q, lastTransitionTime: {{ Now | Quote }}%[2]s}
containerStatuses:
{{ range $container := .spec.containers }}
- name: {{ $container.name | Quote }}
  image: {{ $container.image | Quote }}
  imageID: ""
  ready: %[3]t
  started: %[3]t
  restartCount: %[4]d
  state: {%[5]s}%[6]s
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
  state: {`+completed+`}
{{ end }}
{{ if not .status.podIP }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
{{ end }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ index . 0 | Quote }}
podIPs: [{ip: {{ index . 0 | Quote }}}]
{{ end }}
{{ end }}
startTime: {{ or .status.startTime Now | Quote }}
phase: %[7]s
`, ready, reason, p.ready, p.restarts, p.state, last, p.phase)
}
