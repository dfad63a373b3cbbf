package values

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// customCAs sets the CAs that the server trusts in addition to those of its
// image.
func customCAs(d *draft) {
	c := d.a.Certificates
	d.comment("certificates", "Further certificate authorities that the server trusts (certificates).")
	var cas, refs []any
	var proofs []proof.Proof
	for i, ca := range c.CustomCAs {
		pem, faults := caContent(fmt.Sprintf("certificates.customCAs[%d].certificate", i), ca.Certificate, d.settings)
		d.faults = append(d.faults, faults...)
		text := strings.TrimRight(pem.Reveal(), "\n") + "\n"
		cas = append(cas, yamlnode.Map{{"name", ca.Name}, {"certificate", text}})
		proofs = append(proofs, proof.TrustsCA(ca.Name, text))
	}
	if len(cas) > 0 {
		d.set("certificates.customCAs", cas, "certificates.customCAs").prove(proofs...).prove(proof.UsesCABundle())
	}
	proofs = nil
	for _, ref := range c.SecretRefs {
		d.need(Need{Answer: "certificates.secretRefs", SecretRef: ref})
		refs = append(refs, refMap(ref))
		proofs = append(
			proofs,
			proof.Pods("the pods get the CA of Secret "+ref.Name, func(p *proof.Pod) bool { return p.Projects(ref) }),
		)
	}
	if len(refs) > 0 {
		d.set("certificates.secretRefs", refs, "certificates.secretRefs").prove(proofs...).prove(proof.UsesCABundle())
	}
}

// caContent reads a custom CA and rejects anything but certificates: the values
// are not secret, and the file could be the private key.
func caContent(key string, source answers.Source, s Settings) (secret.Text, answers.Faults) {
	text, faults := content(key, source, s)
	if len(faults) > 0 {
		return secret.Text{}, faults
	}
	if problem, remedy := answers.Certificate(text.Reveal()); problem != "" {
		return secret.Text{}, answers.Faults{
			{Check: CheckReferences, Key: key, Summary: source.Describe() + ": " + problem, Remedy: remedy},
		}
	}
	return text, nil
}

// proxy sets the HTTP proxy and the hosts that bypass it.
func proxy(d *draft) {
	p := d.a.Proxy
	if p.HTTP == "" && p.HTTPS == "" {
		return
	}
	d.comment("proxy", "The proxy for outgoing connections (proxy). "+d.noProxyComment())
	first := map[bool]string{true: "proxy.http", false: "proxy.https"}[p.HTTP != ""]
	d.set("proxy.enabled", true, first)
	for _, b := range binding.Proxy(&d.a.Proxy) {
		d.bind(b)
		if at := b.At.(*string); *at != "" { // programs read either the upper-case or the lower-case variable
			d.proveOnly(b.Answer, proof.ServerHas(strings.ToLower(b.Variable), *at))
		}
	}
	if direct := NoProxyHosts(d.a, d.settings.NoProxy); len(direct) > 0 {
		s := d.set("proxy.additionalNoProxy", direct, "proxy.noProxy").prove(proof.NoProxy(direct))
		if len(d.a.Proxy.NoProxy) == 0 {
			s.added("connections to the database and to the cluster's own addresses may go through the proxy")
		}
	}
}

// noProxyComment returns the hosts that bypass the proxy. It omits the cluster's
// ranges if they are unknown.
func (d *draft) noProxyComment() string {
	if len(d.settings.NoProxy) > 0 {
		return "The database and the cluster's own addresses bypass it."
	}
	return "The database and the cluster's own names bypass it. The address ranges of Services and pods are unknown: add them to proxy.noProxy."
}

// NoProxyHosts returns the hosts that bypass the proxy in addition to the
// chart's own list: those in the answers, the database and the cluster's
// ranges.
func NoProxyHosts(a answers.Answers, cluster []string) []string {
	wanted := slices.Clone(a.Proxy.NoProxy)
	if a.Database.Type == answers.MySQLDatabase {
		wanted = append(wanted, a.Database.MySQL.Host)
	}
	var direct []string
	for _, entry := range append(wanted, cluster...) {
		if !slices.Contains(direct, entry) && !inCluster(entry) &&
			(slices.Contains(a.Proxy.NoProxy, entry) || !covered(entry, direct)) {
			direct = append(direct, entry)
		}
	}
	return direct
}

// inCluster reports whether the chart's own list covers host.
func inCluster(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, ".svc.cluster.local")
}

// covered reports whether a range or domain of the list covers entry.
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
