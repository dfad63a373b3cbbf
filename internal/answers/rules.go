package answers

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// secretKeyPattern is Kubernetes' rule for the keys of a Secret.
var secretKeyPattern = regexp.MustCompile(`^[-._A-Za-z0-9]{1,253}$`)

// rules are the constraints between several answers.
var rules = []func(Answers) Faults{
	rdsNeedsVerifiedTLS, rdsRulesOutBackups, certificatesFromDifferentKeys,
	backupStoreDiffers, azureTokensNeedTheirVault, minBelowMax,
	customCAsAreNamed, caRefsAreNamed, environmentOnce, hostForNipIO, payloadsInTheirBackend, rawValuesAreFew,
	prerequisiteValuesAreNamed, apiKeyInOnePlace, gatewayCertificate, httpsListenerIsNamed,
}

// rdsNeedsVerifiedTLS: AWS accepts tokens only on encrypted connections, and
// the chart requires a verified host name.
func rdsNeedsVerifiedTLS(a Answers) Faults {
	if !usesRDS.holds(a) || a.Database.MySQL.TLS.Mode == TLSVerifyFull {
		return nil
	}
	return faultAt("database.mysql.tls.mode", "AWS RDS IAM requires verified TLS",
		"set it to verify-full, and database.mysql.tls.ca to the AWS CA bundle")
}

// rdsRulesOutBackups: these strategies log in themselves, with a password.
func rdsRulesOutBackups(a Answers) Faults {
	if s := a.Database.Backup.Strategy; usesRDS.holds(a) && (s == BackupDatabase || s == BackupMydumper) {
		return faultAt("database.backup.strategy", "“"+s+"” does not work with AWS RDS IAM",
			"use in-memory, dump-file or disabled")
	}
	return nil
}

// certificatesFromDifferentKeys: the chart mounts the three files into one
// folder, each named after its key.
func certificatesFromDifferentKeys(a Answers) Faults {
	seen := map[string]string{}
	var faults Faults
	for _, key := range []string{"database.mysql.tls.ca", "database.mysql.tls.cert", "database.mysql.tls.key"} {
		ref := a.GetSource(key).SecretRef
		if ref == nil {
			continue
		}
		if other := seen[ref.Key]; other != "" {
			faults = append(faults, Fault{Key: key, Summary: fmt.Sprintf("key %s is already used by %s, and the "+
				"chart would write both to the same file", ref.Key, other), Remedy: "use different keys in the Secret"})
		}
		seen[ref.Key] = key
	}
	return faults
}

func backupStoreDiffers(a Answers) Faults {
	if a.BackupSecretsStore.Type == NoSecrets {
		return nil
	}
	if a.SecretsStore.Type == NoSecrets {
		return faultAt("backupSecretsStore.type", "there is no secrets store to back up",
			"remove it, or set secretsStore.type")
	}
	if reflect.DeepEqual(a.SecretsStore, a.BackupSecretsStore) ||
		a.SecretsStore.Type == SQLSecrets && a.BackupSecretsStore.Type == SQLSecrets {
		return faultAt("backupSecretsStore.type", "it is the same store as secretsStore",
			"choose another store, or remove it")
	}
	return nil
}

// azureTokensNeedTheirVault: the pod identity takes no configuration, even if
// one is given as a whole.
func azureTokensNeedTheirVault(a Answers) Faults {
	for _, s := range []store{primaryStore, backupStore} {
		azure := s.pick(a).Azure
		if s.pick(a).Type == AzureSecrets && azure.AuthMethod == ImplicitAuth && !azure.AuthConfig.IsZero() {
			return faultAt(s.key+".azure.authConfig", "the pod's own identity takes no configuration", "remove it")
		}
	}
	return nil
}

func minBelowMax(a Answers) Faults {
	s := a.Server.Autoscaling
	if s.MaxReplicas > 0 && s.MinReplicas > s.MaxReplicas {
		return faultAt("server.autoscaling.minReplicas", "it is greater than server.autoscaling.maxReplicas",
			"lower it")
	}
	if s.MaxReplicas > 0 && a.Server.Replicas > 0 {
		return faultAt("server.replicas", "autoscaling sets the number of pods",
			"remove it, or set server.autoscaling.minReplicas")
	}
	return nil
}

func customCAsAreNamed(a Answers) Faults {
	var faults Faults
	seen := map[string]bool{}
	field, _ := FieldByKey("certificates.customCAs")
	for i, ca := range a.Certificates.CustomCAs {
		key := fmt.Sprintf("certificates.customCAs[%d]", i)
		problem, remedy := dnsLabel(ca.Name)
		switch {
		case ca.Name == "":
			problem, remedy = "the name is missing", "write {name: NAME, certificate: {file: PATH}}"
		case seen[ca.Name]:
			problem, remedy = "duplicate name "+quoted(ca.Name), "use a different name for each CA"
		}
		faults = append(faults, faultAt(key+".name", problem, remedy)...)
		seen[ca.Name] = true
		if ca.Certificate.IsZero() {
			faults = append(faults, Fault{Key: key + ".certificate", Summary: "the certificate is missing",
				Remedy: "add {file: PATH} or {env: NAME}"})
		} else if ca.Certificate.SecretRef != nil {
			faults = append(faults, Fault{Key: key + ".certificate", Summary: "a Secret is not allowed here",
				Remedy: "use certificates.secretRefs instead"})
		}
		faults = append(faults, field.checkSource(key+".certificate", ca.Certificate)...)
		if !ca.Certificate.Value.Empty() {
			problem, remedy = Certificate(ca.Certificate.Value.Reveal())
			faults = append(faults, faultAt(key+".certificate", problem, remedy)...)
		}
	}
	return faults
}

func caRefsAreNamed(a Answers) Faults {
	var faults Faults
	seen := map[string]bool{}
	for i, ref := range a.Certificates.SecretRefs {
		key := fmt.Sprintf("certificates.secretRefs[%d]", i)
		problem, remedy := optionalDNSName(ref.Name)
		if seen[ref.Name] {
			problem, remedy = "duplicate Secret "+quoted(ref.Name)+": the chart would write both certificates to "+
				"the same file", "use a separate Secret for each CA"
		}
		faults = append(faults, faultAt(key+".name", problem, remedy)...)
		seen[ref.Name] = true
		if !secretKeyPattern.MatchString(ref.Key) {
			faults = append(faults, Fault{Key: key + ".key", Summary: "invalid key of a Secret",
				Remedy: "write {name: SECRET, key: KEY}"})
		}
	}
	return faults
}

func environmentOnce(a Answers) Faults {
	var faults Faults
	for name := range a.Server.SecretEnvironment {
		if _, both := a.Server.Environment[name]; both {
			faults = append(faults, Fault{Key: "server.secretEnvironment." + name,
				Summary: "it is also set in server.environment", Remedy: "remove one of them"})
		}
	}
	return faults
}

// payloadsInTheirBackend: the chart refuses a path that the backend cannot
// read.
func payloadsInTheirBackend(a Answers) Faults {
	p := a.Database.Payloads
	schemes := map[string][]string{
		PayloadsS3: {"s3://"}, PayloadsGCS: {"gs://"}, PayloadsAzure: {"az://", "abfs://"},
	}[p.Backend]
	if !usesMySQL.holds(a) || len(schemes) == 0 || p.Path == "" ||
		slices.ContainsFunc(schemes, func(s string) bool { return strings.HasPrefix(p.Path, s) }) {
		return nil
	}
	return faultAt("database.payloads.path", "it is not a path of backend "+p.Backend,
		"use the form "+schemes[0]+"bucket/zenml")
}

func hostForNipIO(a Answers) Faults {
	if byGateway.holds(a) && a.Expose.Host.NipIO {
		return faultAt("expose.host", "nip.io names need the address of an ingress controller, which a Gateway "+
			"does not have", "enter the host name")
	}
	return nil
}

// gatewayCertificate: only the chart's Ingress has a self-signed certificate.
func gatewayCertificate(a Answers) Faults {
	if !makesGateway.holds(a) || a.Expose.TLS.Mode != CertSelfSigned {
		return nil
	}
	return faultAt("expose.tls.mode", "the chart generates a certificate for an Ingress only, not for a Gateway",
		"set it to cert-manager or secret")
}

// httpsListenerIsNamed: a Gateway for HTTP-01 challenges has an HTTP listener, too, which
// admits routes of its own namespace.
func httpsListenerIsNamed(a Answers) Faults {
	g := a.Expose.Gateway
	if !makesGateway.holds(a) || a.Expose.TLS.Mode != CertManager || g.Namespace != a.Cluster.Namespace ||
		g.Section != "" && g.Section != "http" {
		return nil
	}
	return faultAt("expose.gateway.section", "the server would be served over plain HTTP, by the listener for the "+
		"certificate's challenges", "set it to https, or expose.gateway.namespace to another namespace than the server's")
}

// prerequisiteValuesAreNamed requires a mapping of values below the name of each chart.
func prerequisiteValuesAreNamed(a Answers) Faults {
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(a.Prerequisites.Values)) {
		problem, remedy := prerequisiteName(name)
		if _, ok := a.Prerequisites.Values[name].(map[string]any); !ok && problem == "" {
			problem, remedy = "it is not a mapping", "write {"+name+": {KEY: VALUE}}"
		}
		faults = append(faults, faultAt("prerequisites.values."+name, problem, remedy)...)
	}
	return faults
}

func apiKeyInOnePlace(a Answers) Faults {
	if s := a.Admin.ServiceAccount; s.SecretName == "" || s.File == "" {
		return nil
	}
	return faultAt("admin.serviceAccount.file", "the API key is also written to admin.serviceAccount.secretName",
		"remove one of them")
}
