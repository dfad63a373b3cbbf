package question

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

const key = "database.mysql.password"

func mysqlSheet() *Responses {
	s := NewResponses(answers.Answers{})
	s.Type("database.type", "mysql")
	return s
}

func TestSecretSources(t *testing.T) {
	for typed, want := range map[string]answers.Source{
		"env:DB_PASSWORD":   {Env: "DB_PASSWORD"},
		"file:/run/pw":      {File: "/run/pw"},
		"secret:zenml-db/p": {SecretRef: &answers.SecretRef{Name: "zenml-db", Key: "p"}},
	} {
		s := mysqlSheet()
		s.Type(key, typed)
		got := s.Answers().GetSource(key)
		if got.Describe() != want.Describe() {
			t.Errorf("%s: %s", typed, got.Describe())
		}
		// Reading it back gives the same text.
		if back := NewResponses(s.Answers()).Typed(key); back != typed {
			t.Errorf("%s is read back as %s", typed, back)
		}
	}
	for typed, want := range map[string]string{
		"plain": "plain", "value:env:A": "env:A", "with:colon": "with:colon", "value:value:x": "value:x",
	} {
		s := mysqlSheet()
		s.Type(key, typed)
		if got := s.Answers().GetSource(key).Value.Reveal(); got != want {
			t.Errorf("%s: %q", typed, got)
		}
		if got := NewResponses(s.Answers()).Answers().GetSource(key).Value.Reveal(); got != want {
			t.Errorf("%s is read back as %q", typed, got)
		}
		f, _ := answers.FieldByKey(key)
		if shown, _ := s.Display(s.question(f)); strings.Contains(shown, want) {
			t.Errorf("the secret is shown: %s", shown)
		}
	}
}

func TestIncompleteSourceIsAFault(t *testing.T) {
	for _, typed := range []string{"secret:zenml-db", "env:", "file:"} {
		s := mysqlSheet()
		s.Type(key, typed)
		fault, bad := s.Fault(key)
		if !bad || !strings.Contains(fault.Remedy, LiteralPrefix) {
			t.Errorf("%s: %v", typed, fault)
		}
		if !s.Answers().GetSource(key).IsZero() {
			t.Errorf("%s was stored as a secret", typed)
		}
	}
}

func TestCertificateIsAFile(t *testing.T) {
	s := mysqlSheet()
	s.Type("database.mysql.tls.mode", "verify-full")
	s.Type("database.mysql.tls.ca", "ca.pem")
	if got := s.Answers().Database.MySQL.TLS.CA.File; got != "ca.pem" {
		t.Errorf("%q", got)
	}
	s.Type("database.mysql.tls.mode", "off")
	if !s.Answers().Database.MySQL.TLS.CA.IsZero() {
		t.Error("an answer that does not apply is kept")
	}
	s.Type("database.mysql.tls.mode", "verify-ca")
	if got := s.Answers().Database.MySQL.TLS.CA.File; got != "ca.pem" {
		t.Error("the typed text is lost")
	}
}

// TestQuestions makes random choices: every question can be asked, displayed
// and explained, and accepts its own options.
func TestQuestions(t *testing.T) {
	s := NewResponses(answers.Answers{})
	random := rand.New(rand.NewPCG(1, 1))
	seen := map[string]bool{}
	for range 3000 {
		step := answers.Steps[random.IntN(len(answers.Steps))]
		questions := s.Questions(step)
		for _, q := range questions {
			if seen[q.Key] = true; Explain(q) == "" || q.Title == "" {
				t.Errorf("%s is not explained", q.Key)
			}
			_, _ = s.Display(q)
		}
		if len(questions) == 0 {
			continue
		}
		q := questions[random.IntN(len(questions))]
		if len(q.Choices) == 0 {
			continue
		}
		o := q.Choices[random.IntN(len(q.Choices))]
		s.Type(q.Key, o.Value)
		if fault, bad := s.Fault(q.Key); bad && strings.Contains(fault.Summary, "not a valid value") {
			t.Errorf("%s rejects its option %s: %v", q.Key, o.Value, fault)
		}
	}
	for _, f := range answers.Fields {
		if !f.Advanced && !seen[f.Key] {
			t.Errorf("%s is never asked", f.Key)
		}
	}
}

func TestAcceptEmptyGeneratesKey(t *testing.T) {
	s := NewResponses(answers.Answers{})
	for _, q := range s.Questions(answers.StepSecrets) {
		s.AcceptEmpty(q)
	}
	if !s.Answers().SecretsStore.SQL.EncryptionKey.Generate {
		t.Error("no key is generated")
	}
}

func TestSuggestion(t *testing.T) {
	s := NewResponses(answers.Answers{})
	s.Type("database.mysql.name", "mine")
	var a answers.Answers
	a.Database.Type, a.Database.MySQL.Host = answers.MySQLDatabase, "10.0.0.2"
	s.SetSuggestions([]Suggestion{{Key: "database.type", Title: "ready", Answers: a}})
	q := s.Questions(answers.StepDatabase)[0]
	i := slices.IndexFunc(q.Choices, func(o answers.Option) bool { return o.Title == "ready" })
	if i < 0 {
		t.Fatalf("%+v", q.Choices)
	}
	s.Type(q.Key, q.Choices[i].Value)
	if db := s.Answers().Database; db.Type != answers.MySQLDatabase || db.MySQL.Host != "10.0.0.2" ||
		db.MySQL.Name != "mine" {
		t.Errorf("%+v", db)
	}
}

// A document can be named or pasted, in every form that a shell user expects.
func TestDocuments(t *testing.T) {
	const pasted = "-----BEGIN CERTIFICATE----- MIIB AA== -----END CERTIFICATE-----"
	for text, want := range map[string]answers.Source{
		"ca.pem":          {File: "ca.pem"},
		"~/ca.pem":        {File: "/home/u/ca.pem"},
		"file:~/certs/ca": {File: "/home/u/certs/ca"},
		"env:CA":          {Env: "CA"},
		"secret:tls/ca":   {SecretRef: &answers.SecretRef{Name: "tls", Key: "ca"}},
		pasted:            {Value: secret.New("-----BEGIN CERTIFICATE-----\nMIIB\nAA==\n-----END CERTIFICATE-----\n")},
	} {
		s := mysqlSheet()
		s.Type("database.mysql.tls.mode", "verify-ca")
		s.Type("database.mysql.tls.ca", text)
		s.ExpandHome("database.mysql.tls.ca", "/home/u")
		if diff := cmp.Diff(want, s.Answers().Database.MySQL.TLS.CA, cmp.Comparer(func(a, b secret.Text) bool {
			return a.Reveal() == b.Reveal()
		})); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
		field, _ := answers.FieldByKey("database.mysql.tls.ca")
		if shown, _ := s.Display(Question{Field: field}); strings.Contains(shown, "MIIB") {
			t.Errorf("the pasted certificate is shown: %s", shown)
		}
	}
	field, _ := answers.FieldByKey("secretsStore.gcp.serviceAccountJSON")
	if source, _, _ := readSource(field, "key.json"); source.File != "key.json" {
		t.Errorf("the name of a key file is taken as the key: %+v", source)
	}
	if source, _, _ := readSource(field, `{"type": "service_account"}`); source.Value.Empty() {
		t.Errorf("a pasted key is not taken: %+v", source)
	}
}

// A number that cannot be 0 is refused as in a file.
func TestZero(t *testing.T) {
	s := mysqlSheet()
	s.Type("database.mysql.port", "0")
	if fault, bad := s.Fault("database.mysql.port"); !bad || fault.Summary != "0 is not allowed" {
		t.Errorf("%v %+v", bad, fault)
	}
}

func TestImportedIngressKeepsPlainHTTP(t *testing.T) {
	s := NewResponses(answers.Answers{})
	s.SetFound(map[string][]answers.Option{issuerKey: {{Value: "ca", Title: "ca"}}})
	var release answers.Answers
	release.Expose.Type = answers.ByIngress
	s.Import(release)
	if q, _ := s.ByKey(certificateKey); s.CurrentChoice(q) != answers.CertOff {
		t.Errorf("the upgrade suggests %s", s.CurrentChoice(q))
	}
}

// TestKeptKey says which key an empty answer uses.
func TestKeptKey(t *testing.T) {
	const key = "secretsStore.sql.encryptionKey"
	s := NewResponses(answers.Answers{})
	if q, _ := s.ByKey(key); !strings.Contains(Explain(q), "generate a random one") {
		t.Errorf("without a kept key: %s", Explain(q))
	}
	s.SetKept(map[string]string{key: "zenml-server-secrets-store"})
	q, _ := s.ByKey(key)
	if text := Explain(q); !strings.Contains(text, "in Secret zenml-server-secrets-store") || strings.Contains(text, "generate a random") {
		t.Errorf("with a kept key: %s", text)
	}
	s.AcceptEmpty(q)
	if text, _ := s.Display(q); text != "kept in Secret zenml-server-secrets-store" {
		t.Errorf("the accepted answer shows as %q", text)
	}
}

// TestCleanHost takes the host name out of a pasted web address, and leaves alone what
// has more than that.
func TestCleanHost(t *testing.T) {
	for typed, want := range map[string]string{
		"https://zenml.example.com": "zenml.example.com", "HTTP://zenml.example.com/": "zenml.example.com",
		"zenml.example.com/": "zenml.example.com", "zenml.example.com": "zenml.example.com",
		"https://zenml.example.com/zenml": "https://zenml.example.com/zenml",
		"https://zenml.example.com:8443":  "https://zenml.example.com:8443", "https://": "https://",
	} {
		s := NewResponses(answers.Answers{})
		s.Type("expose.host", typed)
		note := s.CleanHost("expose.host")
		if got := s.Typed("expose.host"); got != want || (note == "") != (typed == want) {
			t.Errorf("%s: %s, %q", typed, got, note)
		}
	}
	s := NewResponses(answers.Answers{})
	s.Type("server.url", "https://zenml.example.com/")
	if note := s.CleanHost("server.url"); note != "" || s.Typed("server.url") != "https://zenml.example.com/" {
		t.Errorf("a URL is changed: %s", note)
	}
}

// TestFaultOfEntry reports what is wrong with an entry of a map as the answer's fault.
func TestFaultOfEntry(t *testing.T) {
	r := NewResponses(answers.Answers{})
	const key = "server.resources.requests"
	r.Type(key, "{memory: 256MB}")
	if fault, bad := r.Fault(key); !bad || !strings.Contains(fault.Summary, "is not a resource quantity") {
		t.Errorf("%v %v", fault, bad)
	}
	r.Type(key, "{memory: 256Mi}")
	if fault, bad := r.Fault(key); bad {
		t.Error(fault)
	}
}
