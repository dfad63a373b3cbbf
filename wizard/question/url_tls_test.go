package question

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestTLSParametersOfAURL(t *testing.T) {
	const several = "These parameters of the URL are not used: "
	for query, want := range map[string]struct{ mode, ca, cert, unused string }{
		"":                  {mode: answers.TLSOff},
		"ssl-mode=DISABLED": {mode: answers.TLSOff},
		"ssl-mode=PREFERRED&ssl-ca=/ca.pem": {mode: answers.TLSOff,
			unused: "The parameter ssl-ca of the URL is not used."},
		"ssl-mode=REQUIRED":                     {mode: answers.TLSRequire},
		"ssl-mode=REQUIRED&ssl-ca=/ca.pem":      {mode: answers.TLSVerifyCA, ca: "/ca.pem"},
		"ssl-mode=VERIFY_CA&ssl-ca=/etc/ca.pem": {mode: answers.TLSVerifyCA, ca: "/etc/ca.pem"},
		"ssl_mode=verify_identity&ssl_ca=ca.pem&charset=utf8&timeout=5": {mode: answers.TLSVerifyFull, ca: "ca.pem",
			unused: several + "charset, timeout."},
		"ssl_ca=/ca.pem":                      {mode: answers.TLSVerifyCA, ca: "/ca.pem"},
		"ssl_cert=/cert.pem&ssl_key=/key.pem": {mode: answers.TLSRequire, cert: "/cert.pem"},
		"tls=true":                            {mode: answers.TLSVerifyFull},
		"tls=skip-verify":                     {mode: answers.TLSRequire},
		"tls=false":                           {mode: answers.TLSOff},
		"tls=custom":                          {mode: answers.TLSOff, unused: "The parameter tls of the URL is not used."},
		"%1b[2J=1":                            {mode: answers.TLSOff, unused: "The parameter \"\\x1b[2J\" of the URL is not used."},
	} {
		t.Run(query, func(t *testing.T) {
			s := mysqlSheet()
			s.Type(tlsModeKey, "")
			filled, unused := s.FillFromURL("database.mysql.host", "mysql://u:p@db.example.com:3306/zenml?"+query)
			tls := s.Complete().Database.MySQL.TLS
			if tls.Mode != want.mode || tls.CA.File != want.ca || tls.Cert.File != want.cert || unused != want.unused {
				t.Errorf("%v: %+v, %q", filled, tls, unused)
			}
		})
	}
}

func TestHelpOffersTheURLInGuidedInstall(t *testing.T) {
	s := mysqlSheet()
	f, _ := answers.FieldByKey("database.mysql.host")
	if q, _ := s.ByKey(f.Key); q.Help != f.Help+urlHint {
		t.Errorf("help: %q", q.Help)
	}
}
