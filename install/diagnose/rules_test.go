package diagnose

import (
	"strings"
	"testing"
	"time"
)

// ruleExamples are problems as real kubelets, schedulers and controllers report
// them, with the rule that must match.
var ruleExamples = []struct {
	Problem
	rule string
	ends bool   // whether it ends the install
	says string // in the text of the diagnosis
}{
	{
		Problem{
			Reason: "ErrImagePull",
			Image:  "r/z:9",
			Text:   `failed to pull and unpack image "r/z:9": failed to resolve reference "r/z:9": r/z:9: not found`,
		},
		"image missing",
		true,
		"r/z:9 does not exist",
	},
	{
		Problem{
			Reason: "ImagePullBackOff",
			Image:  "r/z:9",
			Text:   `Back-off pulling image "r/z:9" Failed to pull image "r/z:9": manifest unknown`,
		},
		"image missing",
		true,
		"",
	},
	{
		Problem{
			Reason: "ImagePullBackOff",
			Text:   `pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
		},
		"image unauthorized",
		true,
		"",
	},
	{
		Problem{
			Reason: "ErrImagePull",
			Text:   `429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit`,
		},
		"image rate limit",
		false,
		"limit",
	},
	{
		Problem{Reason: "ErrImagePull", Text: `no match for platform in manifest: not found`},
		"image platform",
		true,
		"architecture",
	},
	{
		Problem{Reason: "ErrImagePull", Text: `Head "https://r/v2/": x509: certificate signed by unknown authority`},
		"image certificate",
		true,
		"",
	},
	{
		Problem{Reason: "ErrImagePull", Text: `Head "https://r/v2/": dial tcp: lookup r: no such host`},
		"image unreachable",
		true,
		"",
	},
	{Problem{Reason: "ErrImagePull", Text: `something new`}, "image", true, "something new"},
	{Problem{Reason: "InvalidImageName", Image: "A B"}, "image name", true, ""},
	{
		Problem{Reason: "CreateContainerConfigError", Text: `secret "db" not found`},
		"reference",
		true,
		`secret "db" not found`,
	},
	{
		Problem{Reason: "CreateContainerConfigError", Text: `couldn't find key password in Secret n/db`},
		"reference",
		true,
		"",
	},
	{
		Problem{Reason: "CreateContainerConfigError", Text: `container has runAsNonRoot and image will run as root`},
		"non-root",
		true,
		"",
	},
	{
		Problem{
			Reason: "FailedMount",
			Text:   `MountVolume.SetUp failed for volume "db-certs" : references non-existent secret key: ca.pem`,
		},
		"mount reference",
		true,
		"",
	},
	{
		Problem{Reason: "FailedMount", Text: `MountVolume.SetUp failed for volume "db-certs" : secret "ca" not found`},
		"mount reference",
		true,
		"",
	},
	{
		Problem{
			Reason: "FailedAttachVolume",
			Text:   `Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node`,
		},
		"attached elsewhere",
		false,
		"",
	},
	{
		Problem{
			Reason: "FailedBinding",
			Text:   `no persistent volumes available for this claim and no storage class is set`,
		},
		"no storage class",
		true,
		"",
	},
	{
		Problem{Reason: "ProvisioningFailed", Text: `storageclass.storage.k8s.io "fast" not found`},
		"storage class missing",
		true,
		"fast",
	},
	{
		Problem{
			Reason: "FailedCreate",
			Text:   `pods "z" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0`,
		},
		"quota",
		true,
		"",
	},
	{
		Problem{
			Reason: "FailedCreate",
			Text:   `pods "z" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false`,
		},
		"pod security",
		true,
		"",
	},
	{
		Problem{Reason: "FailedCreate", Text: `admission webhook "x.example.com" denied the request: no`},
		"webhook refusal",
		true,
		"",
	},
	{
		Problem{
			Reason: "FailedCreate",
			Text:   `Internal error occurred: failed calling webhook "x.example.com": connection refused`,
		},
		"webhook down",
		false,
		"",
	},
	{
		Problem{
			Reason: "FailedCreate",
			Text:   `error looking up service account n/zenml: serviceaccount "zenml" not found`,
		},
		"service account",
		true,
		"",
	},
	{
		Problem{Reason: "FailedCreate", Text: `unable to validate against any security context constraint`},
		"scc",
		true,
		"",
	},
	{
		Problem{Reason: "Unschedulable", Text: `0/1 nodes are available: 1 Insufficient memory.`},
		"unschedulable",
		false,
		"Insufficient memory",
	},
	{
		Problem{
			Reason: "FailedCreatePodSandBox",
			Text:   `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "4f2a": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory`,
		},
		"sandbox",
		true,
		"calico",
	},
	{
		Problem{
			Reason: "FailedCreatePodSandBox",
			Text:   `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: OCI runtime create failed: runc create failed: container init was OOM-killed (memory limit too low?): unknown`,
		},
		"sandbox memory",
		true,
		"",
	},
	{
		Problem{
			Reason: "RunContainerError",
			Text:   `failed to create containerd task: OCI runtime create failed: container init was OOM-killed (memory limit too low?): unknown`,
		},
		"start memory",
		true,
		"",
	},
	{
		Problem{
			Reason:   "CrashLoopBackOff",
			Ended:    "StartError",
			Restarts: 1,
			Text:     `ended with StartError (exit code 128), restarted 1 times: container init was OOM-killed (memory limit too low?): unknown`,
		},
		"start memory",
		true,
		"",
	},
	{
		Problem{
			Reason: "RunContainerError",
			Text:   `failed to start containerd task "57": cannot start a stopped process: unknown`,
		},
		"start killed",
		true,
		"",
	},
	{Problem{Reason: "CrashLoopBackOff", Ended: "OOMKilled", Restarts: 1}, "out of memory", true, ""},
	{Problem{Reason: "CrashLoopBackOff", Ended: "Error", Restarts: 0}, "", false, ""},
	{Problem{Reason: "CrashLoopBackOff", Ended: "Error", Restarts: 1}, "crash loop", true, ""},
	{
		Problem{
			Reason: "ErrImageNeverPull",
			Image:  "r/z:9",
			Text:   `Container image "r/z:9" is not present with pull policy of Never`,
		},
		"image never",
		true,
		"r/z:9 is not on the node",
	},
	{
		Problem{Reason: "CreateContainerConfigError", Text: `invalid environment variable names`},
		"container config",
		true,
		"invalid environment",
	},
	{
		Problem{Reason: "RunContainerError", Text: `exec: "zenml": executable file not found in $PATH: unknown`},
		"container",
		true,
		"executable file",
	},
	{
		Problem{
			Reason: "FailedCreatePodSandBox",
			Text:   `container init was OOM-killed (memory limit too low?): unknown`,
		},
		"sandbox memory",
		true,
		"",
	},
	{
		Problem{Reason: "FailedMount", Text: `Unable to attach or mount volumes: timed out waiting for the condition`},
		"mount",
		false,
		"timed out",
	},
	{
		Problem{Reason: "ProvisioningFailed", Text: `rpc error: code = ResourceExhausted desc = no space left`},
		"provisioning",
		false,
		"no space left",
	},
	{
		Problem{Reason: "FailedCreate", Text: `pods "z" is forbidden: unknown reason`},
		"creation",
		true,
		"unknown reason",
	},
	{
		Problem{Reason: "CrashLoopBackOff", Ended: "Error", Restarts: 1, Text: `exec /usr/bin/tini: exec format error`},
		"architecture",
		true,
		"",
	},
	{
		Problem{Reason: JobEnded, Ended: "OOMKilled", Exit: 137, Text: `OOMKilled (exit code 137)`},
		"job memory",
		true,
		"",
	},
	{Problem{Reason: JobEnded, Ended: "Error", Exit: 137, Text: `Error (exit code 137)`}, "job killed", true, ""},
	{
		Problem{
			Reason: JobEnded,
			Ended:  "StartError",
			Exit:   128,
			Text:   `StartError (exit code 128): exec: "zenml": not in $PATH`,
		},
		"job start",
		true,
		"",
	},
	{
		Problem{Reason: "Evicted", Text: `Evicted: The node was low on resource: memory.`},
		"evicted",
		true,
		"low on resource",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "nobody" not found`,
		},
		"issuer missing",
		false,
		"nobody",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited: too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, retry after 2026-11-28 04:46:24 UTC: see https://letsencrypt.org/docs/rate-limits/`,
		},
		"acme rate limit",
		false,
		"2026-11-28",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Failed to create Order: 400 urn:ietf:params:acme:error:rejectedIdentifier: Order included an identifier for which issuance is forbidden by policy: "zenml.example.com"`,
		},
		"acme policy",
		false,
		"zenml.example.com",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Error accepting authorization: acme: authorization error for zenml.test: 400 urn:ietf:params:acme:error:connection: Get "http://zenml.test:80/.well-known/acme-challenge/x": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		},
		"acme unreachable",
		false,
		"",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Error accepting authorization: acme: authorization error for zenml.test: 400 urn:ietf:params:acme:error:dns: no such host`,
		},
		"acme unreachable",
		false,
		"",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Waiting for HTTP-01 challenge propagation: failed to perform self check GET request 'http://zenml.test/.well-known/acme-challenge/x': Get "http://zenml.test/.well-known/acme-challenge/x": dial tcp: lookup zenml.test on 10.96.0.10:53: no such host`,
		},
		"host unresolved",
		false,
		"lookup zenml.test",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Waiting for HTTP-01 challenge propagation: wrong status code '404', expected '200'`,
		},
		"solver not reached",
		false,
		"404",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Waiting for HTTP-01 challenge propagation: did not get expected response "x.y" when querying endpoint`,
		},
		"solver not reached",
		false,
		"",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Waiting for HTTP-01 challenge propagation: failed to perform self check GET request 'http://zenml.test/.well-known/acme-challenge/x': Get "http://zenml.test/.well-known/acme-challenge/x": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		},
		"host unreachable",
		false,
		"",
	},
	{
		Problem{
			Reason: CertificatePending,
			Text:   `Waiting on certificate issuance from order n/zenml-tls-1: "pending"`,
		},
		"certificate pending",
		false,
		"from order",
	},
}

func TestRules(t *testing.T) {
	for _, e := range ruleExamples {
		d, ok := FromProblem(e.Problem)
		if d.Name != e.rule || ok && (d.Grace != Forever) != e.ends {
			t.Errorf("%+v: rule %q, grace %s", e.Problem, d.Name, d.Grace)
		}
		if ok && (!strings.Contains(d.Text(), e.says) || strings.ContainsAny(d.Text(), "{}")) {
			t.Errorf("%+v: %q", e.Problem, d.Text())
		}
	}
}

// TestEveryRuleHasAnExample fails for a rule that no example matches, because
// there is none or an earlier rule matches it first.
func TestEveryRuleHasAnExample(t *testing.T) {
	matched := map[string]bool{}
	for _, e := range ruleExamples {
		d, _ := FromProblem(e.Problem)
		matched[d.Name] = true
	}
	for _, r := range rules {
		if !matched[r.name] {
			t.Errorf("no example matches rule %q: add one to ruleExamples", r.name)
		}
	}
}

// TestImageNames uses images whose names contain the words that other rules
// look for.
func TestImageNames(t *testing.T) {
	for _, image := range []string{
		"zenmldocker/zenml-server:2026.4294", "429/too-many-requests:rate-limit", "denied.example.com/timeout/eof:unauthorized", "x509:429",
		"r.example.com:429/i/o@sha256:4294294294294294294294294294294294294294294294294294294294294294", "not/found:certificate",
	} {
		for text, rule := range map[string]string{
			`failed to pull and unpack image "%": failed to resolve reference "%": %: not found`:                                                                                "image missing",
			`failed to pull and unpack image "%": failed to copy: httpReadSeeker: failed open: unexpected status code https://r.io/v2/%/manifests/sha256:4294: 502 Bad Gateway`: "image",
			`failed to pull and unpack image "%": mkdir /var/lib/containerd/denied: permission denied`:                                                                          "image",
			`failed to resolve reference "%": failed to do request: Head "https://%": dial tcp: lookup denied on 10.0.0.429:53: no such host`:                                   "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": net/http: TLS handshake timeout`:                                                          "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": dial tcp 10.0.0.4:429: i/o timeout`:                                                       "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": EOF`:                                                                                      "image unreachable",
			`failed to resolve reference "%": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://%?scope=429: 403 Forbidden`:   "image unauthorized",
			`reading manifest 1 in %: denied`: "image unauthorized",
			`failed to resolve reference "%": unexpected status from HEAD request to https://%: 429 Too Many Requests`:                                                     "image rate limit",
			`unexpected status code https://r.io/v2/%/manifests/sha256:1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.`: "image rate limit",
			`reading manifest 1 in %: toomanyrequests: Rate exceeded`:                                                                                                      "image rate limit",
		} {
			text = strings.ReplaceAll(text, "%", image)
			if d, _ := FromProblem(Problem{Reason: "ErrImagePull", Image: image, Text: text}); d.Name != rule {
				t.Errorf("%s: rule %q, want %q", text, d.Name, rule)
			}
		}
	}
	if d, _ := FromProblem(Problem{Reason: "ErrImagePull", Image: "denied", Text: `failed to pull and unpack image "denied": not found`}); d.Name != "image missing" {
		t.Errorf("an image named denied: rule %q", d.Name)
	}
}

// TestGraces requires that a problem that ends the install does so within 10 s,
// except those that often pass.
func TestGraces(t *testing.T) {
	passes := map[string]bool{"image unreachable": true, "image": true, "sandbox": true, "creation": true}
	names := map[string]bool{}
	for _, r := range rules {
		if names[r.name] {
			t.Errorf("two rules are named %q", r.name)
		}
		names[r.name] = true
		if r.grace > 8*time.Second && !passes[r.name] {
			t.Errorf("%s: grace %s", r.name, r.grace)
		}
		if r.summary == "" || r.remedy == "" {
			t.Errorf("%s: no summary or remedy", r.name)
		}
	}
}
