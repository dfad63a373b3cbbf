package controlplane

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
)

func (p *Plane) etcdURL() string { return fmt.Sprintf("https://127.0.0.1:%d", p.Endpoints.EtcdClient) }

// Etcd returns the process of etcd. It does not sync to disk: a sandbox does not survive a crash of the machine.
func (p *Plane) Etcd() process.Spec {
	peer := fmt.Sprintf("https://127.0.0.1:%d", p.Endpoints.EtcdPeer)
	ca := p.Authority.CertFile()
	return p.spec("etcd",
		"--name=sandbox",
		"--data-dir="+p.Dir.Join("etcd"),
		"--listen-client-urls="+p.etcdURL(),
		"--advertise-client-urls="+p.etcdURL(),
		"--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer,
		"--initial-cluster=sandbox="+peer,
		"--client-cert-auth=true",
		"--trusted-ca-file="+ca, "--cert-file="+p.etcd.CertFile, "--key-file="+p.etcd.KeyFile,
		"--peer-client-cert-auth=true",
		"--peer-trusted-ca-file="+ca, "--peer-cert-file="+p.etcd.CertFile, "--peer-key-file="+p.etcd.KeyFile,
		"--socket-reuse-port=true",
		"--unsafe-no-fsync=true",
		"--quota-backend-bytes=4294967296",
		"--log-level=warn",
	)
}

// APIServer returns the process of the API server.
func (p *Plane) APIServer() process.Spec {
	ca := p.Authority.CertFile()
	args := []string{
		"--bind-address=" + p.Endpoints.API,
		"--advertise-address=" + p.Endpoints.API,
		fmt.Sprintf("--secure-port=%d", p.Endpoints.APIPort),
		"--permit-port-sharing=true",
		"--cert-dir=" + p.Dir.Join("pki"),
		"--tls-cert-file=" + p.server.CertFile, "--tls-private-key-file=" + p.server.KeyFile,
		"--client-ca-file=" + ca,
		"--etcd-servers=" + p.etcdURL(),
		"--etcd-cafile=" + ca, "--etcd-certfile=" + p.etcd.CertFile, "--etcd-keyfile=" + p.etcd.KeyFile,
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true",
		"--service-cluster-ip-range=" + network.ServiceCIDR,
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + p.verifyKey,
		"--service-account-signing-key-file=" + p.signingKey,
		"--kubelet-certificate-authority=" + ca,
		"--kubelet-client-certificate=" + p.toKubelet.CertFile,
		"--kubelet-client-key=" + p.toKubelet.KeyFile,
		"--kubelet-preferred-address-types=InternalIP",
		"--max-requests-inflight=1200",
		"--max-mutating-requests-inflight=800",
		"--profiling=false",
	}
	if !p.Endpoints.Advertise {
		args = append(args,
			"--endpoint-reconciler-type=none",
			"--disable-admission-plugins=TaintNodesByCondition", // simulated nodes are ready when they are created
		)
	}
	return p.spec("kube-apiserver", args...)
}

// ControllerManager returns the process of the controller manager.
func (p *Plane) ControllerManager() process.Spec {
	args := []string{
		"--kubeconfig=" + p.controllerConfig,
		"--secure-port=0",
		"--leader-elect=false",
		"--use-service-account-credentials=true",
		"--root-ca-file=" + p.Authority.CertFile(),
		"--service-account-private-key-file=" + p.signingKey,
		"--cluster-signing-cert-file=" + p.Authority.CertFile(),
		"--cluster-signing-key-file=" + p.Dir.Join("pki", "ca.key"),
		"--kube-api-qps=400", "--kube-api-burst=800",
		"--profiling=false",
	}
	if !p.Endpoints.Advertise {
		args = append(args, "--node-monitor-grace-period=15m") // simulated nodes rarely renew their leases
	}
	return p.spec("kube-controller-manager", args...)
}

// Scheduler returns the process of the scheduler.
func (p *Plane) Scheduler() process.Spec {
	return p.spec("kube-scheduler",
		"--kubeconfig="+p.schedulerCfg,
		"--secure-port=0",
		"--leader-elect=false",
		"--kube-api-qps=400", "--kube-api-burst=800",
		"--profiling=false",
	)
}
