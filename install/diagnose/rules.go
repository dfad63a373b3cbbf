package diagnose

import (
	"slices"
	"strings"
	"time"
)

// rule identifies one problem. The first matching rule applies.
type rule struct {
	name     string
	reasons  []string           // any of them; every reason if empty
	contains []string           // any of them in the message, in lower case; every message if empty
	fits     func(Problem) bool // nil for every problem
	summary  string             // {image} and {text} are replaced
	reason   string
	remedy   string
	grace    time.Duration
	lasting  bool // it does not resolve within a minute unless someone acts
}

var (
	pullReasons   = []string{"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "RegistryUnavailable"}
	mountReasons  = []string{"FailedMount", "FailedAttachVolume", "FailedMapVolume"}
	createReasons = []string{"FailedCreate"}
	volumeReasons = []string{"ProvisioningFailed", "FailedBinding"}
	crashReasons  = []string{"CrashLoopBackOff", "Crashed"}
	startReasons  = []string{"CreateContainerError", "RunContainerError", "StartError"}
	outOfMemory   = []string{"oomkilled", "oom-killed", "memory limit too low"}
)

const (
	// JobEnded is the reason for a Job's container that is not restarted.
	JobEnded = "JobEnded"
	// HeldBySidecar is the reason of a Job whose own containers have ended while
	// a container that was added to its pod keeps running. The text names it.
	HeldBySidecar = "HeldBySidecar"
	// killed is the exit code after SIGKILL, and stopped is the runtime's
	// message if that happened before the process started.
	killed  = 137
	stopped = "cannot start a stopped process"
)

// rules are the known problems, most specific first.
var rules = slices.Concat(
	imageRules,
	containerRules,
	sandboxRules,
	volumeRules,
	creationRules,
	schedulingRules,
	crashRules,
	jobRules,
	exposeRules,
	certificateRules,
	routeRules,
)

var imageRules = []rule{
	{name: "image name", reasons: []string{"InvalidImageName"},
		summary: "the image name {image} is not valid",
		remedy:  "correct server.image.repository and server.image.tag"},
	{name: "image rate limit", reasons: pullReasons, grace: Forever,
		contains: []string{"too many requests", "toomanyrequests", "rate limit"},
		summary:  "the registry's rate limit is reached for {image}",
		remedy: "name a login to the registry in server.image.pullSecrets, or set server.image.repository to a " +
			"mirror"},
	{name: "image platform", reasons: pullReasons, grace: 3 * time.Second,
		contains: []string{"no match for platform", "no matching manifest", "exec format"},
		summary:  "the image {image} does not support the node's architecture",
		remedy:   "choose other nodes with server.nodeSelector, or another image with server.image.repository"},
	{name: "image unauthorized", reasons: pullReasons, grace: 3 * time.Second,
		contains: []string{
			"unauthorized",
			"authentication required",
			"authorization failed",
			"access denied",
			"is denied",
			"denied on resource",
			": denied",
			"= denied",
			"403 forbidden",
			"no basic auth",
		},
		summary: "the registry denies access to {image}",
		remedy: "name a login to the registry in server.image.pullSecrets, or correct server.image.repository: " +
			"many registries answer so for images that do not exist"},
	{name: "image missing", reasons: pullReasons, grace: 3 * time.Second,
		contains: []string{"not found", "manifest unknown", "name unknown", "does not exist", "repository unknown"},
		summary:  "the image {image} does not exist",
		remedy:   "correct server.image.repository and server.image.tag"},
	{name: "image never", reasons: []string{"ErrImageNeverPull"}, grace: 3 * time.Second,
		summary: "the image {image} is not on the node and must not be pulled",
		remedy:  "set server.image.pullPolicy to IfNotPresent, or load the image into the node"},
	{name: "image certificate", reasons: pullReasons, grace: 5 * time.Second,
		contains: []string{"x509", "certificate"},
		summary:  "the node does not trust the registry of {image}",
		remedy:   "add the registry's CA to the container runtime of the nodes"},
	{name: "image unreachable", reasons: pullReasons, grace: 90 * time.Second,
		contains: []string{
			"no such host",
			"server misbehaving",
			"connection refused",
			"connection reset",
			"i/o timeout",
			"handshake timeout",
			"timed out",
			"deadline exceeded",
			"while awaiting headers",
			"proxyconnect",
			"no route to host",
			"is unreachable",
			": eof",
			"unexpected eof",
		},
		summary: "the node cannot reach the registry of {image}", reason: "{text}",
		remedy: "check the nodes' DNS, network and proxy, or set server.image.repository to a mirror"},
	{name: "image", reasons: pullReasons, grace: 60 * time.Second,
		summary: "the image {image} cannot be pulled", reason: "{text}",
		remedy: "check server.image.repository, and the nodes' access to its registry"},
}

var containerRules = []rule{
	{name: "non-root", contains: []string{"runasnonroot", "image will run as root"}, grace: 2 * time.Second,
		summary: "the pod must not run as root and its image would",
		remedy:  "remove runAsUser from server.security.container, so that the chart's own user 1000 applies"},
	{name: "reference", reasons: []string{"CreateContainerConfigError"}, grace: 4 * time.Second,
		contains: []string{"not found", "couldn't find key"},
		summary:  "the container references something that does not exist", reason: "{text}",
		remedy: "create it in the namespace, or correct the answer that names it"},
	{name: "config sync", reasons: []string{"CreateContainerConfigError"}, grace: Forever,
		contains: []string{"timed out waiting for the condition"},
		summary:  "the node has not read the Secrets of the pod yet", reason: "{text}",
		remedy: "check the node with kubectl describe node: it may be overloaded, or slow to reach the API server"},
	{name: "container config", reasons: []string{"CreateContainerConfigError"}, grace: 5 * time.Second,
		summary: "the container's settings are rejected", reason: "{text}",
		remedy: "correct the answer that sets it"},
	{name: "start memory", reasons: slices.Concat(startReasons, crashReasons), grace: 4 * time.Second,
		contains: []string{"oom-killed", "memory limit too low"},
		summary:  "the container cannot start because its memory limit is too low",
		remedy:   "raise memory in server.resources.limits"},
	{
		name:     "start killed",
		reasons:  slices.Concat(startReasons, crashReasons),
		contains: []string{stopped},
		grace:    4 * time.Second,
		summary:  "the container was killed while it started",
		reason:   "{text}",
		remedy:   "raise memory in server.resources.limits: too little is the usual reason",
	},
	{name: "container", reasons: startReasons, grace: 8 * time.Second,
		summary: "the container cannot be started", reason: "{text}",
		remedy: "check the node with kubectl describe node"},
}

// sandboxRules match pod sandboxes that cannot be created. A network plugin may
// still be starting.
var sandboxRules = []rule{
	{name: "sandbox memory", reasons: []string{"FailedCreatePodSandBox"}, contains: outOfMemory, grace: 5 * time.Second,
		summary: "the pod cannot be set up because its memory limit is too low",
		remedy:  "raise memory in server.resources.limits, for the migration in server.migrationResources.limits"},
	{name: "sandbox", reasons: []string{"FailedCreatePodSandBox", "NetworkNotReady"}, grace: 90 * time.Second,
		summary: "the node cannot set up the pod", reason: "{text}",
		remedy: "check the node's network plugin and container runtime: kubectl describe node, and the pods of " +
			"kube-system"},
}

var volumeRules = []rule{
	{
		name:     "mount reference",
		reasons:  mountReasons,
		contains: []string{`" not found`, "references non-existent"},
		grace:    5 * time.Second,
		summary:  "a volume references something that does not exist",
		reason:   "{text}",
		remedy:   "create the Secret or its key in the namespace, or correct the answer that names it",
	},
	{name: "attached elsewhere", reasons: mountReasons, grace: Forever,
		contains: []string{"multi-attach", "already exclusively attached", "already used by pod"},
		summary:  "the volume is still attached to another node",
		remedy:   "wait until the old pod is deleted, or delete it"},
	{name: "mount", reasons: mountReasons, grace: Forever,
		summary: "a volume cannot be mounted", reason: "{text}",
		remedy: "check the PersistentVolumeClaim and the storage driver"},
	{name: "no storage class", reasons: volumeReasons, grace: 5 * time.Second,
		contains: []string{"no storage class is set", "no persistent volumes available"},
		summary:  "the PersistentVolumeClaim names no StorageClass and the cluster has no default one",
		remedy: "set database.sqlite.storageClass (or database.backup.volume.storageClass), or mark a StorageClass " +
			"as " +
			"default"},
	{
		name:     "storage class missing",
		reasons:  volumeReasons,
		contains: []string{"storageclass", "not found"},
		grace:    5 * time.Second,
		summary:  "the PersistentVolumeClaim's StorageClass does not exist",
		reason:   "{text}",
		remedy: "set database.sqlite.storageClass (or database.backup.volume.storageClass) to one that kubectl get " +
			"storageclass lists",
	},
	{name: "provisioning", reasons: volumeReasons, grace: Forever,
		summary: "no volume could be provisioned", reason: "{text}",
		remedy: "check the storage driver's log"},
}

var creationRules = []rule{
	{name: "quota", reasons: createReasons, grace: 3 * time.Second,
		contains: []string{"exceeded quota", "must specify limits", "must specify requests", "limitrange",
			"maximum cpu", "maximum memory", "minimum cpu", "minimum memory"},
		summary: "the namespace's quota or limits reject the pod", reason: "{text}",
		remedy: "fit server.resources and server.migrationResources into it, or raise the quota"},
	{name: "pod security", reasons: createReasons, contains: []string{"violates podsecurity"}, grace: 3 * time.Second,
		summary: "the namespace's Pod Security level rejects the pod", reason: "{text}",
		remedy: "set server.security.profile to restricted, or use another namespace with cluster.namespace"},
	{name: "scc", reasons: createReasons, contains: []string{"security context constraint"}, grace: 3 * time.Second,
		summary: "OpenShift's security context constraints reject the pod", reason: "{text}",
		remedy: "set server.security.profile to openshift, or grant the service account the nonroot-v2 constraint"},
	{name: "webhook refusal", reasons: createReasons, grace: 3 * time.Second,
		contains: []string{"admission webhook", "denied the request", "denied by"},
		summary:  "an admission policy of the cluster rejects the pod", reason: "{text}",
		remedy: "change the answers as it asks, or ask the owner of the policy"},
	{name: "webhook down", reasons: createReasons, grace: Forever,
		contains: []string{"failed calling webhook", "connection refused", "timeout"},
		summary:  "an admission webhook of the cluster does not answer", reason: "{text}",
		remedy: "check the webhook's own pods"},
	{
		name:     "service account",
		reasons:  createReasons,
		contains: []string{"serviceaccount", "service account"},
		grace:    5 * time.Second,
		summary:  "the pod's ServiceAccount is missing",
		reason:   "{text}",
		remedy:   "set server.serviceAccount.existing to false to have it created, or create it",
	},
	{name: "creation", reasons: createReasons, grace: 10 * time.Second,
		summary: "the pod cannot be created", reason: "{text}",
		remedy: "fix what the message names"},
}

// schedulingRules wait: a node may be added.
var schedulingRules = []rule{
	{name: "unschedulable", reasons: []string{"Unschedulable"}, grace: Forever,
		summary: "no node can run the pod", reason: "{text}",
		remedy: "lower server.resources.requests, correct server.nodeSelector and server.tolerations, or add a node"},
}

// crashRules match containers that exit. Their log often contains the reason.
var crashRules = []rule{
	{name: "out of memory", reasons: crashReasons, grace: time.Second,
		fits:    func(p Problem) bool { return p.Ended == "OOMKilled" && p.Restarts > 0 },
		summary: "the container was killed because it exceeded its memory limit",
		remedy:  "raise memory in server.resources.limits"},
	{name: "architecture", reasons: crashReasons, contains: []string{"exec format error"}, grace: time.Second,
		summary: "the image does not support the node's architecture",
		remedy:  "choose other nodes with server.nodeSelector, or another image with server.image.repository"},
	{
		name:    "crash loop",
		reasons: crashReasons,
		fits:    func(p Problem) bool { return p.Restarts > 0 },
		grace:   6 * time.Second,
		summary: "the container keeps crashing",
		reason:  "{text}",
		remedy:  SeeLog,
	},
}

// exposeRules are about Ingresses and Services that their controllers refuse.
var exposeRules = []rule{
	{name: "alb target", reasons: []string{"FailedBuildModel"}, grace: Forever,
		contains: []string{"nodeport", "target-type"},
		summary:  "the AWS load balancer cannot send traffic to a Service of type ClusterIP", reason: "{text}",
		remedy: "add alb.ingress.kubernetes.io/target-type: ip to expose.ingress.annotations"},
	{name: "load balancer", grace: Forever,
		reasons: []string{"FailedBuildModel", "FailedDeployModel", "SyncLoadBalancerFailed"},
		summary: "the controller cannot create the load balancer", reason: "{text}",
		remedy: "correct expose.ingress.annotations or expose.service.annotations as the message says"},
}

// jobRules match pods of Jobs, which are not restarted.
var jobRules = []rule{
	{name: "sidecar", reasons: []string{HeldBySidecar}, grace: 4 * time.Second,
		summary: "the job is done, but a container that was added to its pod keeps running: {text}",
		remedy: "keep the container out of the pod with server.podAnnotations (sidecar.istio.io/inject: \"false\" " +
			"for " +
			"Istio, linkerd.io/inject: disabled for Linkerd), or install into a namespace without injection"},
	{name: "job memory", reasons: []string{JobEnded}, contains: outOfMemory,
		summary: "the container was killed because it exceeded its memory limit",
		remedy:  "raise memory in server.migrationResources.limits"},
	{name: "job killed", reasons: []string{JobEnded},
		fits:    func(p Problem) bool { return p.Exit == killed || strings.Contains(p.Text, stopped) },
		summary: "the container was killed", reason: "{text}",
		remedy: "raise memory in server.migrationResources.limits: too little is the usual reason; or use a node " +
			"with more"},
	{name: "job start", reasons: []string{JobEnded},
		fits:    func(p Problem) bool { return p.Ended == "StartError" || p.Ended == "ContainerCannotRun" },
		summary: "the container could not be started", reason: "{text}",
		remedy: "correct what the message names, or check the node with kubectl describe node"},
	{name: "evicted", reasons: []string{"Evicted"},
		summary: "the node evicted the pod", reason: "{text}",
		remedy: "free the resource that the node lacks, or set server.migrationResources.requests so that the pod " +
			"gets a " +
			"node which has it"},
}
