package format

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/render/proof"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// kubectlRecords is a fake kubectl. It stores the Secrets below $RECORD, with
// one folder per Secret and one file per key, and rejects existing ones.
const kubectlRecords = `#!/bin/bash
set -eu
if [ "$1 $2" = "get namespace" ]; then exit 0; fi
[ "$1" = -n ] && shift 2
case "$1 $2" in
"create secret")
	name=$4; shift 4
	mkdir "$RECORD/.$name"
	for argument in "$@"; do
		source=${argument#--from-file=}
		[[ ${source#*=} != *=* ]] || { echo "file paths cannot contain '='" >&2; exit 1; }
		cat "${source#*=}" > "$RECORD/.$name/${source%%=*}"
	done
	mv "$RECORD/.$name" "$RECORD/$name" ;;
"label secret")
	name=$3; shift 3
	[ "$1" = --overwrite ] && shift
	mkdir "$RECORD/$name/labels"
	for label in "$@"; do mkdir -p "$RECORD/$name/labels/${label%/*}"; printf %s "${label#*=}" > "$RECORD/$name/labels/${label%%=*}"; done ;;
*) echo "kubectl $*: not expected" >&2; exit 1 ;;
esac
`

// commandRun is one run of the printed commands in an empty folder.
type commandRun struct {
	before string // shell commands to run first
	input  string // standard input
	tools  map[string]string
	secret map[string]corev1.Secret
	failed bool
	talk   string
}

// run runs the commands in bash with -eu.
func (r *commandRun) run(t *testing.T, doc values.Document) *commandRun {
	t.Helper()
	for _, tool := range []string{"bash", "jq", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is not installed: the printed commands are run", tool)
		}
	}
	tools, record := t.TempDir(), t.TempDir()
	programs := map[string]string{"kubectl": kubectlRecords}
	maps.Copy(programs, r.tools)
	for name, program := range programs {
		if err := os.WriteFile(filepath.Join(tools, name), []byte(program), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	commands := strings.Join(Commands(doc), "\n")
	if strings.Contains(commands, "canary") {
		t.Errorf("a command holds a secret:\n%s", commands)
	}
	cmd := exec.Command("bash", "-eu", "-c", r.before+"\n"+commands)
	cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader(r.input)
	cmd.Env = append(os.Environ(), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "RECORD="+record)
	out, err := cmd.CombinedOutput()
	r.failed, r.talk, r.secret = err != nil, string(out)+"\n"+commands, recorded(t, record)
	return r
}

// recorded returns the Secrets that kubectl created.
func recorded(t *testing.T, dir string) map[string]corev1.Secret {
	t.Helper()
	found := map[string]corev1.Secret{}
	for _, name := range namesIn(t, dir) {
		s := corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}},
			Data:       map[string][]byte{},
		}
		for _, key := range namesIn(t, filepath.Join(dir, name)) {
			if key != "labels" {
				s.Data[key] = fileContent(t, filepath.Join(dir, name, key))
				continue
			}
			for _, domain := range namesIn(t, filepath.Join(dir, name, key)) {
				for _, label := range namesIn(t, filepath.Join(dir, name, key, domain)) {
					s.Labels[domain+"/"+label] = string(fileContent(t, filepath.Join(dir, name, key, domain, label)))
				}
			}
		}
		found[name] = s
	}
	return found
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

func fileContent(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// valuesAt builds the values for answers whose files are in dir.
func valuesAt(t *testing.T, dir string, a answers.Answers) (values.Document, values.Settings) {
	t.Helper()
	s := rendertest.Settings(a)
	s.Local.Dir = dir
	doc, err := values.Build(a, rendertest.Load(t, "current").Info, s)
	if err != nil {
		t.Fatal(err)
	}
	return doc, s
}

func filesIn(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// variables sets shell variables, not exported, to the values of the tests'
// local machine.
const variables = "DB_PASSWORD=canary-DB_PASSWORD AWS_ACCESS_KEY_ID=canary-AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY=canary-AWS_SECRET_ACCESS_KEY " +
	"VAULT_SECRET_ID=canary-VAULT_SECRET_ID OPTION_3=canary-OPTION_3"

// The commands must create the same Secrets as the installer.
func TestCommandsCreateTheSecrets(t *testing.T) {
	dir := filesIn(
		t,
		map[string]string{
			"ca.pem":               "canary-ca.pem\n",
			"service-account.json": "{\"canary\": \"service-account.json\"}\n",
			"db-password":          "canary-db-password\n",
		},
	)
	for _, name := range []string{
		"mysql-plain", "mysql-production", "store-aws-key", "store-gcp-impersonation", "store-vault-approle", "store-own",
	} {
		t.Run(name, func(t *testing.T) {
			a := rendertest.Samples(t)[name]
			if name == "store-gcp-impersonation" {
				a.BackupSecretsStore = rendertest.Samples(t)["store-gcp-identity"].SecretsStore
			}
			doc, s := valuesAt(t, dir, a)
			want, err := values.Secrets(a, rendertest.Load(t, "current").Info, s)
			if err != nil {
				t.Fatal(err)
			}
			r := (&commandRun{before: variables}).run(t, doc)
			if r.failed {
				t.Fatal(r.talk)
			}
			compareSecrets(t, want, r.secret)
		})
	}
}

// Every command must select the cluster, so that no Secret is created in
// another context.
func TestCommandsNameTheCluster(t *testing.T) {
	a := rendertest.Samples(t)["mysql-production"]
	doc, err := values.Build(a, rendertest.Load(t, "current").Info, rendertest.Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	script := "kubectl() { printf '%s|' \"$@\" >&3; echo >&3; case \"$*\" in *\"get namespace\"*) return 1;; esac; }\n" +
		strings.Join(
			Commands(doc, "--kubeconfig", "/my files/config", "--context", "prod"),
			"\n",
		)
	cmd := exec.Command("bash", "-c", "exec 3>&1\n"+script)
	cmd.Env = append(os.Environ(), "DB_PASSWORD=x")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	calls := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, call := range calls {
		if !strings.HasPrefix(call, "--kubeconfig|/my files/config|--context|prod|") {
			t.Errorf("kubectl would ask another cluster: %s", call)
		}
	}
	if len(calls) < 3 { // get namespace, create namespace, a Secret
		t.Errorf("the commands: %s", calls)
	}
}

func compareSecrets(t *testing.T, want []corev1.Secret, got map[string]corev1.Secret) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d Secrets, want %d", len(got), len(want))
	}
	for _, w := range want {
		if !maps.Equal(got[w.Name].Labels, w.Labels) {
			t.Errorf("%s has the labels %v, want %v", w.Name, got[w.Name].Labels, w.Labels)
		}
		for key, content := range w.Data {
			have := string(got[w.Name].Data[key])
			switch {
			case key == "encryption-key" && len(have) == 64: // generated by openssl
			case key == "auth-config" && proof.SameJSON(have, read(t, content)):
			case key == "ca.pem" && strings.TrimSpace(have) == string(content): // a file is used unchanged
			case have != string(content):
				t.Errorf("%s/%s holds %q, want %q", w.Name, key, have, content)
			}
		}
	}
}

// answersWith returns answers with a database password and a secrets store.
func answersWith(t *testing.T, password, store string) answers.Answers {
	t.Helper()
	text := "version: 1\ndatabase: {type: mysql, mysql: {host: db, user: zenml, password: " + password + "}}\n"
	if store != "" {
		text += "secretsStore: " + store + "\n"
	}
	return rendertest.Parse(t, text)
}

// Missing content must fail and must not create an empty Secret.
func TestCommandsFailForWhatIsMissing(t *testing.T) {
	fails := "#!/bin/sh\nexit 1\n"
	key := "{type: aws, aws: {authMethod: secret-key, region: eu-central-1, accessKeyID: {env: AWS_ACCESS_KEY_ID}, secretAccessKey: {file: aws-key}}}"
	sql := "{type: sql, sql: {encryptionKey: {generate: true}}}"
	for name, c := range map[string]struct {
		password, store, lacks, before, input string
		tools, files                          map[string]string
	}{
		"variable":       {password: "{env: DB_PASSWORD}", lacks: "database"},
		"empty variable": {password: "{env: DB_PASSWORD}", lacks: "database", before: "DB_PASSWORD="},
		"file":           {password: "{file: db-password}", lacks: "database"},
		"nothing typed":  {password: "{value: plain}", lacks: "database", input: "\n"},
		"nobody there":   {password: "{value: plain}", lacks: "database"},
		"openssl": {password: "{value: plain}", store: sql, lacks: "secrets-store", input: "typed\n",
			tools: map[string]string{"openssl": fails}},
		"jq": {password: "{value: plain}", store: key, lacks: "secrets-store", input: "typed\n",
			tools: map[string]string{"jq": fails}, before: variables, files: map[string]string{"aws-key": "x"}},
		"variable of a store": {password: "{value: plain}", store: key, lacks: "secrets-store", input: "typed\n",
			files: map[string]string{"aws-key": "x"}},
		"file of a store": {password: "{value: plain}", store: key, lacks: "secrets-store", input: "typed\n",
			before: variables},
	} {
		t.Run(name, func(t *testing.T) {
			doc, _ := valuesAt(t, filesIn(t, c.files), answersWith(t, c.password, c.store))
			r := (&commandRun{before: c.before, input: c.input, tools: c.tools}).run(t, doc)
			if _, there := r.secret["zenml-server-"+c.lacks]; there || !r.failed {
				t.Errorf("failed: %v, made: %v\n%s", r.failed, r.secret, r.talk)
			}
			if _, there := r.secret["zenml-server-database"]; !there && c.lacks != "database" {
				t.Errorf("the Secret of the database was not made\n%s", r.talk)
			}
		})
	}
}

// A file produces the same Secret as the installer, whatever its line break and
// name.
func TestCommandsTrimFilesAsAnswersDo(t *testing.T) {
	for _, content := range []string{"pw", "pw\n", "pw\r\n", "pw\n\n", "two\nlines\n", "$(date) 'and' \"`\\", " pw \n"} {
		for _, name := range []string{"db-password", "it's a = name", "--flag"} {
			source := answers.Source{File: name}
			a := answersWith(t, "{env: X}", "")
			a.Database.MySQL.Password = source
			dir := filesIn(t, map[string]string{name: content})
			doc, _ := valuesAt(t, dir, a)
			want, err := source.Read(answers.Local{ReadFile: os.ReadFile, Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			r := (&commandRun{}).run(t, doc)
			if got := string(r.secret["zenml-server-database"].Data["password"]); r.failed || got != want.Reveal() {
				t.Errorf("a file %q with %q gives %q, want %q\n%s", name, content, got, want.Reveal(), r.talk)
			}
		}
	}
}

// A certificate is used unchanged, even from a file whose name contains "=".
func TestCommandsKeepCertificatesUnchanged(t *testing.T) {
	for _, name := range []string{"ca.pem", "a=b.pem"} {
		a := answersWith(t, "{env: DB_PASSWORD}", "")
		a.Database.MySQL.TLS.Mode, a.Database.MySQL.TLS.CA = "verify-ca", answers.Source{File: name}
		doc, _ := valuesAt(t, filesIn(t, map[string]string{name: "-----BEGIN\nend-----\n"}), a)
		r := (&commandRun{before: variables}).run(t, doc)
		if got := string(r.secret["zenml-server-database"].Data["ca.pem"]); got != "-----BEGIN\nend-----\n" {
			t.Errorf("%s: got %q\n%s", name, got, r.talk)
		}
	}
}

func TestCommandsReadTypedSecrets(t *testing.T) {
	doc, _ := valuesAt(t, t.TempDir(), answersWith(t, "{value: plain}", ""))
	r := (&commandRun{input: ` ty\ped ` + "\n"}).run(t, doc)
	s := r.secret["zenml-server-database"]
	if string(s.Data["password"]) != ` ty\ped ` || s.Labels[manifest.LabelManagedBy] != manifest.Installer ||
		!strings.Contains(r.talk, "database.mysql.password: ") {
		t.Errorf("got %q, %v\n%s", s.Data, s.Labels, r.talk)
	}
}
