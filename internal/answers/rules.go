package answers

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// secretKeyPattern is Kubernetes' own rule for the keys of a Secret.
var secretKeyPattern = regexp.MustCompile(`^[-._A-Za-z0-9]{1,253}$`)

// rules are what several answers must observe together.
var rules = []func(Answers) Faults{
	rdsNeedsVerifiedTLS, rdsRulesOutBackups, certificatesFromDifferentKeys,
	backupStoreDiffers, azureTokensNeedTheirVault, minBelowMax,
	customCAsAreNamed, caRefsAreNamed, environmentOnce, hostForNipIO, payloadsInTheirBackend,
}

// rdsNeedsVerifiedTLS: AWS hands out tokens only for encrypted connections, and
// the chart refuses them without a verified host name.
func rdsNeedsVerifiedTLS(a Answers) Faults {
	if !usesRDS.holds(a) || a.Database.MySQL.TLS.Mode == TLSVerifyFull {
		return nil
	}
	return faultAt("database.mysql.tls.mode", "a login by AWS RDS IAM needs verified TLS", "write verify-full, and give AWS's CA bundle as database.mysql.tls.ca")
}

// rdsRulesOutBackups: these strategies log in by themselves, with a password.
func rdsRulesOutBackups(a Answers) Faults {
	if s := a.Database.Backup.Strategy; usesRDS.holds(a) && (s == BackupDatabase || s == BackupMydumper) {
		return faultAt("database.backup.strategy", "“"+s+"” does not work with a login by AWS RDS IAM", "use in-memory, dump-file or disabled")
	}
	return nil
}

// certificatesFromDifferentKeys: the chart puts the three files into one
// folder, each under the name of its key.
func certificatesFromDifferentKeys(a Answers) Faults {
	seen := map[string]string{}
	var faults Faults
	for _, key := range []string{"database.mysql.tls.ca", "database.mysql.tls.cert", "database.mysql.tls.key"} {
		ref := a.GetSource(key).SecretRef
		if ref == nil {
			continue
		}
		if other := seen[ref.Key]; other != "" {
			faults = append(faults, Fault{Key: key, Problem: fmt.Sprintf("its key %s is also that of %s, and the chart would put both into one file", ref.Key, other), Remedy: "keep them under different keys"})
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
		return faultAt("backupSecretsStore.type", "there is no secrets store to back up", "leave it out, or choose a secretsStore.type")
	}
	if reflect.DeepEqual(a.SecretsStore, a.BackupSecretsStore) || a.SecretsStore.Type == SQLSecrets && a.BackupSecretsStore.Type == SQLSecrets {
		return faultAt("backupSecretsStore.type", "it is the same store as the first", "choose another, or leave it out")
	}
	return nil
}

// azureTokensNeedTheirVault exists because the vault's name stands beside the
// configuration in the chart, also when that is given whole.
func azureTokensNeedTheirVault(a Answers) Faults {
	for _, s := range []store{primaryStore, backupStore} {
		azure := s.pick(a).Azure
		if s.pick(a).Type == AzureSecrets && azure.AuthMethod == ImplicitAuth && !azure.AuthConfig.IsZero() {
			return faultAt(s.key+".azure.authConfig", "the pod's own identity needs no configuration", "leave it out")
		}
	}
	return nil
}

func minBelowMax(a Answers) Faults {
	s := a.Server.Autoscaling
	if s.MaxReplicas > 0 && s.MinReplicas > s.MaxReplicas {
		return faultAt("server.autoscaling.minReplicas", "it is more than server.autoscaling.maxReplicas", "make it smaller")
	}
	if s.MaxReplicas > 0 && a.Server.Replicas > 0 {
		return faultAt("server.replicas", "autoscaling decides the number of pods", "leave it out, or give server.autoscaling.minReplicas")
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
			problem, remedy = "it has no name", "write {name: NAME, certificate: {file: PATH}}"
		case seen[ca.Name]:
			problem, remedy = "the name "+quoted(ca.Name)+" is there twice", "give each CA a name of its own"
		}
		faults = append(faults, faultAt(key+".name", problem, remedy)...)
		seen[ca.Name] = true
		if ca.Certificate.IsZero() {
			faults = append(faults, Fault{Key: key + ".certificate", Problem: "the certificate is missing", Remedy: "say where it comes from: {file: PATH} or {env: NAME}"})
		} else if ca.Certificate.SecretRef != nil {
			faults = append(faults, Fault{Key: key + ".certificate", Problem: "it lies in a Secret", Remedy: "name the Secret in certificates.secretRefs instead"})
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
			problem, remedy = "the Secret "+quoted(ref.Name)+" is there twice, and the chart would put both certificates into one file", "give each CA a Secret of its own"
		}
		faults = append(faults, faultAt(key+".name", problem, remedy)...)
		seen[ref.Name] = true
		if !secretKeyPattern.MatchString(ref.Key) {
			faults = append(faults, Fault{Key: key + ".key", Problem: "it is not a key of a Secret", Remedy: "write {name: SECRET, key: KEY}"})
		}
	}
	return faults
}

func environmentOnce(a Answers) Faults {
	var faults Faults
	for name := range a.Server.SecretEnvironment {
		if _, both := a.Server.Environment[name]; both {
			faults = append(faults, Fault{Key: "server.secretEnvironment." + name, Problem: "it is in server.environment as well", Remedy: "leave one of them out"})
		}
	}
	return faults
}

// payloadsInTheirBackend: the chart refuses a place that the backend cannot read.
func payloadsInTheirBackend(a Answers) Faults {
	p := a.Database.Payloads
	schemes := map[string][]string{PayloadsS3: {"s3://"}, PayloadsGCS: {"gs://"}, PayloadsAzure: {"az://", "abfs://"}}[p.Backend]
	if !usesMySQL.holds(a) || len(schemes) == 0 || p.Path == "" || slices.ContainsFunc(schemes, func(s string) bool { return strings.HasPrefix(p.Path, s) }) {
		return nil
	}
	return faultAt("database.payloads.path", "it is no place of the backend "+p.Backend, "write it like "+schemes[0]+"bucket/zenml")
}

func hostForNipIO(a Answers) Faults {
	if byGateway.holds(a) && a.Expose.Host.NipIO {
		return faultAt("expose.host", "a nip.io name is made from the ingress controller's address, and a Gateway has none", "give the host name")
	}
	return nil
}
