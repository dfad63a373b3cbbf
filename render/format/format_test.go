package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	helmyaml "sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

func read(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := helmyaml.Unmarshal(text, &tree); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return tree
}

func at(t *testing.T, tree map[string]any, path string) any {
	t.Helper()
	var value any = tree
	for _, name := range strings.Split(path, ".") {
		below, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("no %s in %v", path, tree)
		}
		value = below[name]
	}
	return value
}

// valuesIn extracts the chart's values from a file, as the format's tool would
// read them.
func valuesIn(t *testing.T, format Format, doc values.Document, text []byte) map[string]any {
	t.Helper()
	switch format {
	case Values:
		return read(t, text)
	case ArgoCD:
		values, _ := at(t, read(t, text), "spec.source.helm.valuesObject").(map[string]any)
		return values
	case Flux:
		parts := bytes.Split(text, []byte("\n---\n"))
		values, _ := at(t, read(t, parts[len(parts)-1]), "spec.values").(map[string]any)
		return tree.Merge(values, secretValues(t, doc))
	case Terraform:
		return terraformValues(t, doc, text)
	}
	return helmfileValues(t, doc, text)
}

// typedSecrets returns the secrets as users pass them to a tool: one text per
// variable, JSON if the answer is a JSON object.
func typedSecrets(t *testing.T, doc values.Document) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, s := range doc.SecretValues() {
		text, ok := s.Value.(string)
		if !ok {
			data, err := json.MarshalIndent(s.Value, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			text = string(data)
		}
		texts[variableOf(s)] = text
	}
	return texts
}

// terraformValues evaluates and merges the helm_release's values as Terraform
// does, with every variable set.
func terraformValues(t *testing.T, doc values.Document, text []byte) map[string]any {
	t.Helper()
	variables := map[string]cty.Value{}
	for name, secret := range typedSecrets(t, doc) {
		variables[name] = cty.StringVal(secret)
	}
	file, problems := hclsyntax.ParseConfig(text, "zenml.tf", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatalf("%v in\n%s", problems, text)
	}
	blocks := file.Body.(*hclsyntax.Body).Blocks
	list, problems := blocks[len(blocks)-1].Body.Attributes["values"].Expr.Value(&hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(variables)},
		// yamlencode: JSON is YAML
		Functions: map[string]function.Function{
			"yamlencode": stdlib.JSONEncodeFunc,
			"jsondecode": stdlib.JSONDecodeFunc,
		},
	})
	if problems.HasErrors() {
		t.Fatalf("%v in\n%s", problems, text)
	}
	merged := map[string]any{}
	for _, element := range list.AsValueSlice() {
		merged = tree.Merge(merged, read(t, []byte(element.AsString())))
	}
	return merged
}

// helmfileValues renders the helmfile's template with fakes of helmfile's
// functions and merges its values.
func helmfileValues(t *testing.T, doc values.Document, text []byte) map[string]any {
	t.Helper()
	given := map[string]string{}
	for name, secret := range typedSecrets(t, doc) {
		given[strings.ToUpper(name)] = secret
	}
	expanded, err := template.New("").Funcs(template.FuncMap{
		"requiredEnv": func(name string) string { return given[name] },
		"quote":       func(s string) string { return fmt.Sprintf("%q", s) },
		"fromYaml":    func(s string) (m map[string]any, err error) { return m, helmyaml.Unmarshal([]byte(s), &m) },
		"toJson":      func(v any) (string, error) { data, err := json.Marshal(v); return string(data), err },
	}).Parse(string(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	var out bytes.Buffer
	if err := expanded.Execute(&out, nil); err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	releases, _ := at(t, read(t, out.Bytes()), "releases").([]any)
	for _, values := range releases[0].(map[string]any)["values"].([]any) {
		all = tree.Merge(all, values.(map[string]any))
	}
	return all
}

// secretValues returns the secret values of a document.
func secretValues(t *testing.T, doc values.Document) map[string]any {
	t.Helper()
	root, err := doc.OnlySecrets(func(s values.SecretValue) any { return s.Value })
	if err != nil {
		t.Fatal(err)
	}
	text, err := yamlnode.Encode(root)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, text)
}

// Every format of every sample has the same values, and no secret.
func TestFormatsAreEquivalent(t *testing.T) {
	refused := 0
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		all := rendertest.Samples(t)
		all["store-aws-whole"] = rendertest.Parse(
			t,
			"version: 1\ndatabase: {type: sqlite}\nsecretsStore: {type: aws, aws: {authMethod: secret-key, authConfig: {file: whole.json}}}\n",
		)
		for name, a := range all {
			doc, err := values.Build(a, c.Info, rendertest.Settings(a))
			if err != nil {
				continue
			}
			for _, format := range []Format{Values, ArgoCD, Flux, Terraform, Helmfile} {
				t.Run(generation+"/"+name+"/"+string(format), func(t *testing.T) {
					files, err := Files(doc, format, Rendered{})
					var faults answers.Faults
					if errors.As(err, &faults) && doc.Sensitive && format == ArgoCD {
						refused++
						return
					}
					if err != nil || len(files) != 1 {
						t.Fatalf("%d files, %v", len(files), err)
					}
					noSecretIn(t, doc, files[0])
					if diff := cmp.Diff(doc.Map, valuesIn(t, format, doc, files[0].Bytes)); diff != "" {
						t.Errorf("other values:\n%s\n%s", diff, files[0].Bytes)
					}
				})
			}
		}
	}
	if refused == 0 {
		t.Error("Argo CD has no place for a secret, and nothing was refused")
	}
}

func noSecretIn(t *testing.T, doc values.Document, f File) {
	t.Helper()
	if f.Sensitive {
		return
	}
	for name, secret := range typedSecrets(t, doc) {
		if bytes.Contains(f.Bytes, []byte(secret)) ||
			strings.HasPrefix(secret, "{") && bytes.Contains(f.Bytes, []byte("canary")) {
			t.Errorf("%s holds the secret of %s", f.Name, name)
		}
	}
}

func TestFormatGoldens(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		a := rendertest.Samples(t)["mysql-backup-database"]
		a.SecretsStore.SQL.EncryptionKey = answers.Source{Generate: true}
		a.Server.Environment = map[string]string{"TEMPLATE": "{{ a }} ${b} %{c}"}
		doc, err := values.Build(a, c.Info, rendertest.Settings(a))
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []Format{ArgoCD, Flux, Terraform, Helmfile} {
			files, err := Files(doc, format, Rendered{})
			if err != nil {
				rendertest.Golden(
					t,
					filepath.Join("formats", generation, string(format)+".refused.txt"),
					[]byte(err.Error()+"\n"),
				)
				continue
			}
			rendertest.Golden(t, filepath.Join("formats", generation, files[0].Name), files[0].Bytes)
		}
	}
}

func TestManifestsSeparateSecrets(t *testing.T) {
	c := rendertest.Load(t, "current")
	a := rendertest.Samples(t)["mysql-production"]
	doc, err := values.Build(a, c.Info, rendertest.Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	objects, err := c.Render(a, doc.Map)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := values.Secrets(a, c.Info, rendertest.Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(doc, Manifests, Rendered{Objects: objects, Secrets: secrets})
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	plain, hidden := string(files[0].Bytes), string(files[1].Bytes)
	if files[0].Sensitive || strings.Contains(plain, "kind: Secret\n") || strings.Contains(plain, "canary") ||
		!strings.Contains(plain, "kind: Deployment\n") {
		t.Errorf("the manifests:\n%s", plain)
	}
	if !files[1].Sensitive || strings.Contains(hidden, "kind: Deployment") ||
		strings.Count(hidden, "kind: Secret\n") != len(secrets)+2 {
		t.Errorf("the Secrets:\n%s", hidden)
	}
	if strings.Count(plain, "\n  namespace: zenml-server\n") != strings.Count(plain, "\nkind: ")-1 {
		t.Errorf("an object has no namespace:\n%s", plain)
	}
	if first, err := manifest.Parse(files[0].Bytes); err != nil ||
		len(manifest.Find(first[:1], "Namespace", "zenml-server")) != 1 {
		t.Errorf("the namespace does not come first: %v\n%s", err, plain)
	}
}

func TestDefaultNamespaceIsNotWritten(t *testing.T) {
	a := rendertest.Samples(t)["minimal"]
	a.Cluster.Namespace = "default"
	doc, _ := rendertest.Draw(t, "current", a)
	for _, format := range []Format{Manifests, Flux} {
		files, err := Files(doc, format, Rendered{})
		if err != nil || strings.Contains(string(files[0].Bytes), "kind: Namespace") {
			t.Errorf("%s: %v\n%s", format, err, files[0].Bytes)
		}
	}
}

// An unchanged Job keeps its name, and a changed one gets a new name.
func TestChangedJobGetsNewName(t *testing.T) {
	job := func(name, image string) string {
		objects, err := manifest.Parse(
			[]byte(
				"apiVersion: batch/v1\nkind: Job\nmetadata: {name: " + name + "}\nspec: {template: {spec: {image: " + image + "}}}\n",
			),
		)
		if err != nil {
			t.Fatal(err)
		}
		o, err := jobNamed(objects[0])
		if err != nil || objects[0].GetName() != name {
			t.Fatal(objects[0].GetName(), err)
		}
		return o.GetName()
	}
	old := job("migrate", "a")
	if again, changed := job("migrate", "a"), job("migrate", "b"); again != old || changed == old ||
		!strings.HasPrefix(changed, "migrate-") {
		t.Errorf("%s, then %s and %s", old, again, changed)
	}
	if long := job(strings.Repeat("x", 53)+"-"+strings.Repeat("y", 9), "a"); len(long) > 63 ||
		strings.Contains(long, "--") {
		t.Errorf("%s has %d characters", long, len(long))
	}
}

func TestLocalChartsAreRejected(t *testing.T) {
	c := rendertest.Load(t, "current")
	a := rendertest.Samples(t)["minimal"]
	a.Chart.Ref = "./zenml-0.98.1.tgz"
	doc, err := values.Build(a, c.Info, values.Settings{Keys: values.Keys{"x": secret.New("")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Files(doc, Flux, Rendered{}); err == nil || !strings.Contains(err.Error(), "chart.ref") {
		t.Errorf("got %v", err)
	}
	if _, err := Files(doc, "kustomize", Rendered{}); err == nil ||
		!strings.Contains(err.Error(), "use one of values, manifests") {
		t.Errorf("got %v", err)
	}
}
