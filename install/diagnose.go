package install

import (
	"slices"
	"strings"
	"time"
)

// problem is what a status or an event says is wrong.
type problem struct {
	reason   string // Kubernetes' own word
	text     string // what goes with it
	image    string // the container's, where there is one
	ended    string // how the container last ended ("OOMKilled", "Error")
	exit     int32
	restarts int32
}

// rule names one fault. The first rule that fits a problem names it.
type rule struct {
	name     string
	reasons  []string // one of them, or any when empty
	contains []string // one of them in the text's phrases, or any when empty
	fits     func(problem) bool
	cause    string // {image} and {text} are filled in
	remedy   string
	grace    time.Duration
}

// forever is the grace of what waiting may mend: it is named and waited for.
const forever time.Duration = -1

var (
	pullReasons   = []string{"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "RegistryUnavailable"}
	mountReasons  = []string{"FailedMount", "FailedAttachVolume", "FailedMapVolume"}
	createReasons = []string{"FailedCreate"}
	volumeReasons = []string{"ProvisioningFailed", "FailedBinding"}
	crashReasons  = []string{"CrashLoopBackOff", "Crashed"}
	startReasons  = []string{"CreateContainerError", "RunContainerError", "StartError"}
	outOfMemory   = []string{"oomkilled", "oom-killed", "memory limit too low"}
)

// killed is the exit code of a process that was ended by SIGKILL; stopped is
// what the runtime says when that came before its start.
const (
	killed  = 137
	stopped = "cannot start a stopped process"
)

// jobEnded is the reason of a Job's container that has ended for good; itsLog
// is a remedy that holds only where there is a log.
const (
	jobEnded = "JobEnded"
	itsLog   = "its last log lines say why"
)

// rules are the faults that are known by name, most particular first. A new
// one is a new row.
var rules = []rule{
	// images
	{name: "image name", reasons: []string{"InvalidImageName"},
		cause: "the image name {image} is not valid", remedy: "correct image.repository and image.tag in the values"},
	{name: "image rate limit", reasons: pullReasons, contains: []string{"too many requests", "toomanyrequests", "rate limit"}, grace: forever,
		cause: "the registry's pull limit is used up for {image}", remedy: "log the nodes in with an imagePullSecret, or pull from a mirror"},
	{name: "image platform", reasons: pullReasons, contains: []string{"no match for platform", "no matching manifest", "exec format"}, grace: 3 * time.Second,
		cause: "the image {image} is not made for the architecture of the node", remedy: "choose nodes of another architecture by nodeSelector, or an image that has theirs"},
	{name: "image unauthorized", reasons: pullReasons, contains: []string{"unauthorized", "authentication required", "authorization failed", "access denied", "is denied", "denied on resource", ": denied", "= denied", "403 forbidden", "no basic auth"}, grace: 3 * time.Second,
		cause: "the registry refuses {image} without a login that it accepts", remedy: "create a pull secret and name it in imagePullSecrets, or correct the image's name: many registries answer so for images that do not exist"},
	{name: "image missing", reasons: pullReasons, contains: []string{"not found", "manifest unknown", "name unknown", "does not exist", "repository unknown"}, grace: 3 * time.Second,
		cause: "the image {image} does not exist", remedy: "correct image.repository and image.tag in the values"},
	{name: "image never", reasons: []string{"ErrImageNeverPull"}, grace: 3 * time.Second,
		cause: "the image {image} is not on the node and may not be pulled", remedy: "set image.pullPolicy to IfNotPresent, or load the image into the node"},
	{name: "image certificate", reasons: pullReasons, contains: []string{"x509", "certificate"}, grace: 5 * time.Second,
		cause: "the node does not trust the registry of {image}", remedy: "add the registry's CA to the container runtime of the nodes"},
	{name: "image unreachable", reasons: pullReasons, contains: []string{"no such host", "server misbehaving", "connection refused", "connection reset", "i/o timeout", "handshake timeout", "timed out", "deadline exceeded", "while awaiting headers", "proxyconnect", "no route to host", "is unreachable", ": eof", "unexpected eof"}, grace: 90 * time.Second,
		cause: "the node cannot reach the registry of {image}: {text}", remedy: "check the nodes' DNS, network and proxy, or pull from a mirror inside"},
	{name: "image", reasons: pullReasons, grace: 60 * time.Second,
		cause: "the image {image} cannot be pulled: {text}", remedy: "check the image's name and the nodes' way to its registry"},

	// containers that cannot be made
	{name: "non-root", contains: []string{"runasnonroot", "image will run as root"}, grace: 2 * time.Second,
		cause: "the pod must not run as root and its image would", remedy: "leave securityContext.runAsUser at the chart's 1000"},
	{name: "reference", reasons: []string{"CreateContainerConfigError"}, contains: []string{"not found", "couldn't find key"}, grace: 4 * time.Second,
		cause: "the container refers to something that is not there: {text}", remedy: "create it in the namespace with that key, or correct the reference in the values"},
	{name: "container config", reasons: []string{"CreateContainerConfigError"}, grace: 5 * time.Second,
		cause: "the container's settings are refused: {text}", remedy: "correct the values that it names"},
	{name: "start memory", reasons: slices.Concat(startReasons, crashReasons), contains: []string{"oom-killed", "memory limit too low"}, grace: 4 * time.Second,
		cause: "the container cannot be started because its memory limit is too low", remedy: "raise resources.limits.memory"},
	{name: "start killed", reasons: slices.Concat(startReasons, crashReasons), contains: []string{stopped}, grace: 4 * time.Second,
		cause: "the container was killed as it started: {text}", remedy: "too little memory is the usual reason: raise resources.limits.memory"},
	{name: "container", reasons: startReasons, grace: 8 * time.Second,
		cause: "the container cannot be started: {text}", remedy: "look at the node with kubectl describe node"},

	// pods that a node cannot set up: a network plugin may yet come up
	{name: "sandbox memory", reasons: []string{"FailedCreatePodSandBox"}, contains: outOfMemory, grace: 5 * time.Second,
		cause: "the pod cannot be set up because its memory limit is too low", remedy: "raise resources.limits.memory, for the migration resourcesMigrationPod.limits.memory"},
	{name: "sandbox", reasons: []string{"FailedCreatePodSandBox", "NetworkNotReady"}, grace: 90 * time.Second,
		cause: "the node cannot set up the pod: {text}", remedy: "see to the node's network plugin and container runtime: kubectl describe node, and the pods of kube-system"},

	// volumes
	{name: "mount reference", reasons: mountReasons, contains: []string{`" not found`, "references non-existent"}, grace: 5 * time.Second,
		cause: "a volume refers to something that is not there: {text}", remedy: "create the Secret or key in the namespace, or correct the reference in the values"},
	{name: "attached elsewhere", reasons: mountReasons, contains: []string{"multi-attach", "already exclusively attached", "already used by pod"}, grace: forever,
		cause: "the volume is still attached to another node", remedy: "wait until the old pod is gone, or delete it"},
	{name: "mount", reasons: mountReasons, grace: forever,
		cause: "a volume cannot be mounted: {text}", remedy: "look at the claim and the storage driver"},
	{name: "no storage class", reasons: volumeReasons, contains: []string{"no storage class is set", "no persistent volumes available"}, grace: 5 * time.Second,
		cause: "the volume claim names no StorageClass and the cluster has no default one", remedy: "name one in database.persistence.storageClassName (or backupPVStorageClass), or mark one as default"},
	{name: "storage class missing", reasons: volumeReasons, contains: []string{"storageclass", "not found"}, grace: 5 * time.Second,
		cause: "the volume claim's StorageClass does not exist: {text}", remedy: "name one that kubectl get storageclass lists"},
	{name: "provisioning", reasons: volumeReasons, grace: forever,
		cause: "no volume could be made: {text}", remedy: "look at the storage driver's log"},

	// refusals at creation
	{name: "quota", reasons: createReasons, contains: []string{"exceeded quota", "must specify limits", "must specify requests", "limitrange", "maximum cpu", "maximum memory", "minimum cpu", "minimum memory"}, grace: 3 * time.Second,
		cause: "the namespace's quota or limits refuse the pod: {text}", remedy: "set resources in the values so that they fit, or have the quota raised"},
	{name: "pod security", reasons: createReasons, contains: []string{"violates podsecurity"}, grace: 3 * time.Second,
		cause: "the namespace's Pod Security level refuses the pod: {text}", remedy: "set podSecurityContext and securityContext in the values as it asks, or use another namespace"},
	{name: "scc", reasons: createReasons, contains: []string{"security context constraint"}, grace: 3 * time.Second,
		cause: "OpenShift's security context constraints refuse the pod: {text}", remedy: "unset securityContext.runAsUser and podSecurityContext.fsGroup, or grant the service account the nonroot-v2 constraint"},
	{name: "webhook refusal", reasons: createReasons, contains: []string{"admission webhook", "denied the request", "denied by"}, grace: 3 * time.Second,
		cause: "an admission policy of the cluster refuses the pod: {text}", remedy: "change the values as it asks, or ask whoever owns the policy"},
	{name: "webhook down", reasons: createReasons, contains: []string{"failed calling webhook", "connection refused", "timeout"}, grace: forever,
		cause: "an admission webhook of the cluster does not answer: {text}", remedy: "see to the webhook's own pods"},
	{name: "service account", reasons: createReasons, contains: []string{"serviceaccount", "service account"}, grace: 5 * time.Second,
		cause: "the pod's ServiceAccount is missing: {text}", remedy: "let the chart create it (serviceAccount.create), or create it"},
	{name: "creation", reasons: createReasons, grace: 10 * time.Second,
		cause: "the pod cannot be created: {text}", remedy: "mend what it names"},

	// scheduling: a node may yet come
	{name: "unschedulable", reasons: []string{"Unschedulable"}, grace: forever,
		cause: "no node takes the pod: {text}", remedy: "lower the requests, correct nodeSelector and tolerations, or add a node"},

	// containers that end; the last log line often says why, see database.go
	{name: "out of memory", reasons: crashReasons, fits: func(p problem) bool { return p.ended == "OOMKilled" && p.restarts > 0 }, grace: time.Second,
		cause: "the container was killed because it used more memory than its limit", remedy: "raise resources.limits.memory"},
	{name: "architecture", reasons: crashReasons, contains: []string{"exec format error"}, grace: time.Second,
		cause: "the image is made for another architecture than the node's", remedy: "choose nodes by nodeSelector, or an image for them"},
	{name: "crash loop", reasons: crashReasons, fits: func(p problem) bool { return p.restarts > 0 }, grace: 6 * time.Second,
		cause: "the container keeps ending: {text}", remedy: itsLog},

	// pods of Jobs, which are not started again
	{name: "job memory", reasons: []string{jobEnded}, contains: outOfMemory,
		cause: "the container was killed because it used more memory than its limit", remedy: "raise resourcesMigrationPod.limits.memory"},
	{name: "job killed", reasons: []string{jobEnded}, fits: func(p problem) bool { return p.exit == killed || strings.Contains(p.text, stopped) },
		cause: "the container was killed: {text}", remedy: "too little memory is the usual reason: raise resourcesMigrationPod.limits.memory, or use a node with more"},
	{name: "job start", reasons: []string{jobEnded}, fits: func(p problem) bool { return p.ended == "StartError" || p.ended == "ContainerCannotRun" },
		cause: "the container could not be started: {text}", remedy: "correct what it names in the values, or look at the node with kubectl describe node"},
	{name: "evicted", reasons: []string{"Evicted"},
		cause: "the node has evicted the pod: {text}", remedy: "free the node of what it lacks, or set requests in resourcesMigrationPod that lead the pod to a node which has it"},
}

// judge names the fault in a problem, if it is one that the table knows.
func judge(o observation, p problem) observation {
	said := phrases(p)
	for _, r := range rules {
		if !r.matches(p, said) {
			continue
		}
		fill := strings.NewReplacer("{image}", orWord(p.image, "of the pod"), "{text}", short(p.text))
		o.rule, o.grace = r.name, r.grace
		o.fault = &Fault{Object: o.Object, Cause: fill.Replace(r.cause), Remedy: r.remedy}
		if p.text != "" {
			o.fault.Evidence = []string{short(p.text)}
		}
		o.Message = o.fault.Cause
		if r.grace != forever {
			o.State = Failed
		}
		return o
	}
	return o
}

// healing is how long a container that keeps ending is given when what it says
// may pass, such as a database that does not answer yet.
const healing = time.Minute

// judgeLog refines the fault of a container that keeps ending by what it has
// written: a known cause is named, and given time only if time may help.
func judgeLog(o observation, lines []string) observation {
	known, ok := fromLog(lines)
	if o.fault == nil || !ok {
		return o
	}
	o.fault.Cause, o.fault.Remedy, o.Message = known.cause, known.remedy, known.cause
	o.grace = 2 * time.Second
	if known.passing {
		o.grace = healing
	}
	return o
}

func (r rule) matches(p problem, said string) bool {
	return (len(r.reasons) == 0 || slices.Contains(r.reasons, p.reason)) &&
		(len(r.contains) == 0 || slices.ContainsFunc(r.contains, func(s string) bool { return strings.Contains(said, s) })) &&
		(r.fits == nil || r.fits(p))
}

// short keeps a message to a length that can be read.
func short(text string) string {
	const most = 400
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
