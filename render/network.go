package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// customCAs writes the authorities that the server trusts beyond its image's.
func customCAs(d *draft) {
	c := d.a.Certificates
	d.comment("certificates", "More certificate authorities that the server trusts (certificates).")
	var cas, refs []any
	var proofs []proof
	for i, ca := range c.CustomCAs {
		pem, faults := caContent(fmt.Sprintf("certificates.customCAs[%d].certificate", i), ca.Certificate, d.settings)
		d.faults = append(d.faults, faults...)
		text := strings.TrimRight(pem.Reveal(), "\n") + "\n"
		cas = append(cas, ordered{{"name", ca.Name}, {"certificate", text}})
		proofs = append(proofs, trusts(ca.Name, text))
	}
	if len(cas) > 0 {
		d.set("certificates.customCAs", cas, "certificates.customCAs").prove(proofs...).prove(usesOwnBundle())
	}
	proofs = nil
	for _, ref := range c.SecretRefs {
		d.need(Need{Answer: "certificates.secretRefs", SecretRef: ref})
		refs = append(refs, refMap(ref))
		proofs = append(proofs, podsShow("the pods get the CA of Secret "+ref.Name, func(p *pod) bool { return p.projects(ref) }))
	}
	if len(refs) > 0 {
		d.set("certificates.secretRefs", refs, "certificates.secretRefs").prove(proofs...).prove(usesOwnBundle())
	}
}

// caContent reads a custom CA. What is no certificate must not get into the
// values, which show it: it may be the private key beside it.
func caContent(key string, source answers.Source, s Settings) (secret.Text, answers.Faults) {
	text, faults := content(key, source, s)
	if len(faults) > 0 {
		return secret.Text{}, faults
	}
	if problem, remedy := answers.Certificate(text.Reveal()); problem != "" {
		return secret.Text{}, answers.Faults{{Check: CheckReferences, Key: key, Problem: source.Describe() + ": " + problem, Remedy: remedy}}
	}
	return text, nil
}

// trusts proves that each pod has a volume with the certificate out of a
// rendered Secret.
func trusts(name, pem string) proof {
	return proof{claim: "the pods get the CA " + name, holds: func(v *view) bool {
		return v.all(func(p *pod) bool {
			for _, ref := range p.projected() {
				if strings.TrimSpace(v.secrets[ref.Name][ref.Key]) == strings.TrimSpace(pem) {
					return true
				}
			}
			return false
		})
	}}
}

// bundleVariables name the CA bundle to Python's and OpenSSL's libraries.
var bundleVariables = []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}

// usesOwnBundle proves that each pod reads a CA bundle from a volume which an
// init container fills, one that gets the projected certificates.
func usesOwnBundle() proof {
	return proof{claim: "the pods read a CA bundle that an init container makes of the certificates", holds: func(v *view) bool {
		return v.all(func(p *pod) bool {
			return !slices.ContainsFunc(bundleVariables, func(name string) bool { return !p.fillsBundle(v.value(p, name)) })
		})
	}}
}

func (p *pod) fillsBundle(file string) bool {
	for _, mount := range p.main.VolumeMounts {
		if !strings.HasPrefix(file, strings.TrimSuffix(mount.MountPath, "/")+"/") {
			continue
		}
		return slices.ContainsFunc(p.spec.InitContainers, func(c corev1.Container) bool {
			return mounts(c, mount.Name) && slices.ContainsFunc(p.spec.Volumes, func(volume corev1.Volume) bool {
				return len(volumeReferences(volume)) > 0 && mounts(c, volume.Name)
			})
		})
	}
	return false
}

func mounts(c corev1.Container, volume string) bool {
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume })
}

func (p *pod) projects(ref answers.SecretRef) bool { return slices.Contains(p.projected(), ref) }

// projected lists the keys of Secrets that volumes bring into the pod.
func (p *pod) projected() []answers.SecretRef {
	var refs []answers.SecretRef
	for _, volume := range p.spec.Volumes {
		refs = append(refs, volumeReferences(volume)...)
	}
	return refs
}

// proxy writes the HTTP proxy, and what is reached without it: the given
// hosts, the database, and what the cluster needs.
func proxy(d *draft) {
	p := d.a.Proxy
	if p.HTTP == "" && p.HTTPS == "" {
		return
	}
	d.comment("proxy", "The way out of the cluster (proxy). "+d.pastTheProxy())
	first := map[bool]string{true: "proxy.http", false: "proxy.https"}[p.HTTP != ""]
	d.set("proxy.enabled", true, first)
	for _, b := range proxyBindings(&d.a.Proxy) {
		d.bind(b)
		if at := b.at.(*string); *at != "" { // some programs read the one, some the other
			d.proveOnly(b.answer, serverSees(strings.ToLower(b.variable), *at))
		}
	}
	if direct := noProxyHosts(d.a, d.settings.NoProxy); len(direct) > 0 {
		d.set("proxy.additionalNoProxy", direct, "proxy.noProxy").prove(serverShowsNoProxy(direct))
	}
}

// pastTheProxy says what is reached without the proxy, as far as it is known
// here: without a cluster its ranges are not.
func (d *draft) pastTheProxy() string {
	if len(d.settings.NoProxy) > 0 {
		return "The database and the cluster's own addresses are reached without it."
	}
	return "The database and the cluster's own names are reached without it. The addresses of its Services and pods are not known here: name their ranges in proxy.noProxy."
}

func proxyBindings(p *answers.Proxy) []binding {
	return []binding{
		{"proxy.httpProxy", "proxy.http", "HTTP_PROXY", &p.HTTP},
		{"proxy.httpsProxy", "proxy.https", "HTTPS_PROXY", &p.HTTPS},
	}
}

// noProxyHosts lists what is reached without the proxy beyond the chart's own
// list: the given hosts, the database, and what the cluster needs.
func noProxyHosts(a answers.Answers, cluster []string) []string {
	wanted := slices.Clone(a.Proxy.NoProxy)
	if a.Database.Type == answers.MySQLDatabase {
		wanted = append(wanted, a.Database.MySQL.Host)
	}
	var direct []string
	for _, entry := range append(wanted, cluster...) {
		if !slices.Contains(direct, entry) && !inCluster(entry) && (slices.Contains(a.Proxy.NoProxy, entry) || !covered(entry, direct)) {
			direct = append(direct, entry)
		}
	}
	return direct
}

// inCluster tells whether the chart's own list names the host already.
func inCluster(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, ".svc.cluster.local")
}

// covered tells whether an address or host is in a range or domain of the list.
func covered(entry string, list []string) bool {
	address, isAddress := netip.Addr{}, false
	if a, err := netip.ParseAddr(entry); err == nil {
		address, isAddress = a, true
	}
	return slices.ContainsFunc(list, func(have string) bool {
		if prefix, err := netip.ParsePrefix(have); err == nil {
			return isAddress && prefix.Contains(address)
		}
		return strings.HasPrefix(have, ".") && strings.HasSuffix(entry, have)
	})
}

func serverShowsNoProxy(hosts []string) proof {
	return proof{claim: "NO_PROXY names " + strings.Join(hosts, ", "), holds: func(v *view) bool {
		return v.all(func(p *pod) bool {
			upper, lower := strings.Split(v.value(p, "NO_PROXY"), ","), strings.Split(v.value(p, "no_proxy"), ",")
			return !slices.ContainsFunc(hosts, func(h string) bool { return !slices.Contains(upper, h) || !slices.Contains(lower, h) })
		})
	}}
}
