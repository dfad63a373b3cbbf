package realnode

import (
	"bytes"
	"text/template"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
)

type file struct{ path, template string }

// values is the data of the templates.
type values struct {
	*Node
	CNIDir, Snapshotter       string
	PodCIDR, DNSIP, Root, PKI string
	ACMEIP                    string
}

func (n *Node) render(text string) ([]byte, error) {
	parsed, err := template.New("").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, values{
		Node: n, CNIDir: cniDir(), Snapshotter: snapshotter(n.Dir.Path()),
		PodCIDR: network.PodCIDR, DNSIP: network.DNSIP, Root: n.path(), PKI: n.Dir.Join("pki"),
		ACMEIP: network.ACMEIP,
	})
	return out.Bytes(), err
}

// Socket is containerd's socket in the node's mount namespace.
const Socket = "/run/containerd/containerd.sock"

// The fixed paths are in the node's mount namespace: see package nodeinit.
// restrict_oom_score_adj lets pods start without CAP_SYS_RESOURCE. AppArmor is
// off because its profiles would remain in the host's kernel.
const containerdTemplate = `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.tracing"]

[grpc]
  address = "` + Socket + `"

[plugins."io.containerd.internal.v1.opt"]
  path = "{{.Root}}/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{{.PauseImage}}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{{.CNIDir}}"
    conf_dir = "{{.Root}}/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "{{.Snapshotter}}"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{{.Root}}/certs.d"
`

// Every registry name maps to the sandbox's registry, so a missing image is
// reported at once instead of after a timeout.
const hostsTemplate = `server = "http://{{.Registry}}"

[host."http://{{.Registry}}"]
  capabilities = ["pull", "resolve"]
`

const cniTemplate = `{
  "cniVersion": "0.4.0",
  "name": "sandbox",
  "plugins": [
    {
      "type": "ptp",
      "ipMasq": true,
      "mtu": 1500,
      "ipam": {
        "type": "host-local",
        "ranges": [[{"subnet": "{{.PodCIDR}}"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`

const kubeletTemplate = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: "{{.PKI}}/ca.crt"}
authorization: {mode: Webhook}
tlsCertFile: "{{.PKI}}/kubelet-serving.crt"
tlsPrivateKeyFile: "{{.PKI}}/kubelet-serving.key"
containerRuntimeEndpoint: "unix://` + Socket + `"
cgroupDriver: cgroupfs
cgroupRoot: "{{.Cgroup}}"
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
evictionHard:
  memory.available: 50Mi
  nodefs.available: 1%
  nodefs.inodesFree: 1%
  imagefs.available: 1%
imageGCHighThresholdPercent: 100
serializeImagePulls: false
nodeStatusUpdateFrequency: 5s
readOnlyPort: 0
resolvConf: "{{.Root}}/resolv.conf"
volumePluginDir: "{{.Root}}/volume-plugins"
clusterDomain: cluster.local
clusterDNS: ["{{.DNSIP}}"]
`

const proxyTemplate = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: "{{.PKI}}/kube-proxy.kubeconfig"}
mode: iptables
clusterCIDR: "{{.PodCIDR}}"
hostnameOverride: "` + NodeName + `"
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
iptables: {minSyncPeriod: 100ms}
`

// The cluster DNS resolves the cluster's names, and a name of the host for
// pods. There is no route to the internet, so other names do not exist, except
// for those of testHosts.
const corefileTemplate = `.:53 {
    bind {{.Link.Node}}
    ready {{.Link.Node}}:8181
    errors
    cache 5
    hosts {
        {{.Link.Host}} ` + HostName + `
        {{- if .TestHosts}}
        {{.ACMEIP}} acme-staging-v02.api.letsencrypt.org acme-v02.api.letsencrypt.org
        {{- end}}
        fallthrough
    }
    {{- if .TestHosts}}` + testHosts + `{{end}}
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig {{.PKI}}/coredns.kubeconfig
        pods insecure
        ttl 5
    }
    template ANY ANY . {
        rcode NXDOMAIN
    }
}
`

// With an ingress controller, the domains reserved for examples and tests
// resolve to it, and nip.io names to their address. Hosts below unresolved.test
// do not exist; those below unreachable.test have an unreachable address (RFC
// 5737).
const testHosts = `
    template ANY ANY unresolved.test {
        rcode NXDOMAIN
    }
    template IN A unreachable.test {
        answer "{{"{{ .Name }}"}} 5 IN A 192.0.2.1"
    }
    template IN A nip.io {
        match "(^|[.])(?P<a>[0-9]+)[.-](?P<b>[0-9]+)[.-](?P<c>[0-9]+)[.-](?P<d>[0-9]+)[.]nip[.]io[.]$"
        answer "{{"{{ .Name }} 5 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"}}"
        fallthrough
    }
    template IN A example.com example.org example.net test {
        answer "{{"{{ .Name }}"}} 5 IN A {{.Link.Node}}"
    }
    template IN AAAA example.com example.org example.net test nip.io {
        rcode NOERROR
    }`

// Pods must not use the host's resolver: it often listens on the host's
// loopback, which pods cannot reach.
const resolvTemplate = `nameserver {{.Link.Node}}
`
