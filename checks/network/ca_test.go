package network

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// authority creates a self-signed CA certificate in PEM, modified by change.
func authority(t *testing.T, change ...func(*x509.Certificate)) string {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: "company CA"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(1, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	for _, c := range change {
		c(template)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	checktest.Must(t, err)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	checktest.Must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// der returns the bytes of a PEM certificate.
func der(t *testing.T, text string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatal("no PEM block")
	}
	return string(block.Bytes)
}

func withCAs(t *testing.T, access *kube.Access, namespace string, cas ...answers.CustomCA) *check.Env {
	t.Helper()
	e := checktest.WithCluster(t, access, namespace)
	e.Answers.Certificates.CustomCAs = cas
	return e
}

func TestCustomCAFaults(t *testing.T) {
	good := authority(t)
	leaf := testdb.NewAuthority(t).Server(t, time.Now().Add(time.Hour), "a.example.com")
	ca := func(name, content string) answers.CustomCA {
		return answers.CustomCA{Name: name, Certificate: checktest.Plain(content)}
	}
	for name, c := range map[string]struct {
		cas    []answers.CustomCA
		status check.Status
		say    string
	}{
		"two valid": {
			[]answers.CustomCA{ca("company", good), ca("other", authority(t))}, check.Pass, "2 certificates",
		},
		"not PEM": {[]answers.CustomCA{ca("company", "rubbish")}, check.Failed, "contains no PEM certificate"},
		"a DER certificate": {
			[]answers.CustomCA{ca("company", der(t, good))}, check.Failed, "openssl x509 -inform der",
		},
		"a key": {
			[]answers.CustomCA{ca("company", string(leaf.Key))}, check.Failed, "contains a private key",
		},
		"no certificate": {
			[]answers.CustomCA{ca("company", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}, check.Failed, "contains an invalid certificate",
		},
		"not an authority": {
			[]answers.CustomCA{ca("company", string(leaf.Cert))}, check.Failed, "is not a CA certificate",
		},
		"expired": {
			[]answers.CustomCA{ca("company", authority(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }))}, check.Failed, "expired on",
		},
		"not yet valid": {
			[]answers.CustomCA{ca("company", authority(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }))}, check.Failed, "not valid before",
		},
		"expiring soon": {
			[]answers.CustomCA{ca("company", authority(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(time.Hour) }))}, check.Warned, "expires on",
		},
		"name": {[]answers.CustomCA{ca("My_CA", good)}, check.Failed, "not a DNS label"},
		"same name": {
			[]answers.CustomCA{ca("company", good), ca("company", authority(t))}, check.Failed, "both named company",
		},
		"same certificate": {
			[]answers.CustomCA{ca("company", good), ca("other", good)}, check.Warned, "the same certificate",
		},
		"no file": {
			[]answers.CustomCA{{Name: "company", Certificate: answers.Source{File: "/no/such/ca.pem"}}}, check.Failed, "the CA certificate in certificates.customCAs[0] cannot be read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			checktest.Expect(
				t,
				look(t, withCAs(t, nil, "zenml", c.cas...), "network.ca"),
				"network.ca",
				c.status,
				c.say,
			)
		})
	}
}

func TestCustomCAInSecret(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "company-ca"},
		StringData: map[string]string{"ca.crt": authority(t), "old.crt": "rubbish"},
	}
	_, err := c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(), secret, metav1.CreateOptions{})
	checktest.Must(t, err)
	at := func(name, key string) check.Report {
		e := withCAs(t, c.Access(), namespace)
		e.Answers.Certificates.SecretRefs = []answers.SecretRef{{Name: name, Key: key}}
		return look(t, e, "network.ca")
	}
	checktest.Expect(t, at("company-ca", "ca.crt"), "network.ca", check.Pass, "1 certificates")
	checktest.Expect(t, at("company-ca", "old.crt"), "network.ca", check.Failed,
		"certificates.secretRefs[0] contains no PEM certificate")
	checktest.Expect(t, at("missing", "ca.crt"), "network.ca", check.Skipped, "Secret missing")
}
