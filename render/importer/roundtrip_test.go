package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	helmyaml "sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/proof"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// Imported values that are written again for the same chart render the same
// objects, or a note explains the difference.
func TestImportPreservesRenderedObjects(t *testing.T) {
	for _, generation := range rendertest.Generations {
		for name, values := range valuesFiles(t, generation) {
			t.Run(generation+"/"+name, func(t *testing.T) { carriedOver(t, rendertest.Load(t, generation), values) })
		}
	}
}

// valuesFiles returns sample values: users' files, the goldens and, if
// available, those of the published chart.
func valuesFiles(t *testing.T, generation string) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for _, pattern := range []string{
		filepath.Join("..", "testdata", "import", generation, "*.values.yaml"),
		filepath.Join("..", "testdata", "golden", generation, "*.yaml"),
		filepath.Join(os.Getenv("ZENML_RENDERS"), generation, "*.values.yaml"),
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || strings.Contains(pattern, "testdata") && len(files) == 0 {
			t.Fatalf("no samples like %s: %v", pattern, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			values := map[string]any{}
			data = bytes.ReplaceAll(
				data,
				[]byte("key_vault_name: kv\n"),
				[]byte("key_vault_name: kv1\n"),
			) // not valid on Azure
			if err := helmyaml.Unmarshal(data, &values); err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(name)] = values
		}
	}
	return all
}

func carriedOver(t *testing.T, c rendertest.StandIn, given map[string]any) {
	before, err := c.Render(answers.Answers{}, given)
	if err != nil {
		return // the chart rejects these values
	}
	imported := Import(given, c.Info)
	for _, note := range imported.Notes {
		if strings.Contains(note.String(), "c4n4ry") {
			t.Errorf("a note shows a secret: %v", note)
		}
	}
	a, s := fromItsFile(t, imported.Answers)
	doc, err := values.Build(a, c.Info, s)
	if err != nil {
		t.Fatalf("generate refuses what was carried over:\n%v", err)
	}
	state := func(written map[string]any) map[string]any {
		objects, err := c.Render(a, written)
		if err != nil {
			return nil
		}
		secrets, err := values.Secrets(a, c.Info, s)
		if err != nil {
			t.Fatal(err)
		}
		return effect(objects, secrets)
	}
	was, is := effect(before, nil), state(doc.Map)
	places := differing(was, is)
	if len(places) == 0 {
		return
	}
	again, err := c.Render(answers.Answers{}, given)
	if err != nil {
		t.Fatal(err)
	}
	random, putBack := differing(was, effect(again, nil)), state(withNotedValues(doc, given, imported.Notes))
	for _, place := range places {
		if !slices.Contains(random, place) && !reflect.DeepEqual(putBack[place], was[place]) {
			t.Errorf(
				"%s was %v and is %v, and none of the notes says so:\n%v",
				place,
				was[place],
				is[place],
				imported.Notes,
			)
		}
	}
}

// fromItsFile writes answers and parses the file, with the secrets in the
// environment.
func fromItsFile(t *testing.T, a answers.Answers) (answers.Answers, values.Settings) {
	t.Helper()
	content, moved := answers.Write(a)
	file, err := answers.Parse("answers.yaml", content)
	if err != nil {
		t.Fatalf("the answers are not valid:\n%v\n%s", err, content)
	}
	if strings.Contains(string(content), "c4n4ry") {
		t.Errorf("a secret is written:\n%s", content)
	}
	s := rendertest.Settings(file.Answers)
	s.Local.Getenv = func(name string) (string, bool) {
		for _, m := range moved {
			if m.Env == name {
				return m.Text.Reveal(), true
			}
		}
		return "", false
	}
	return file.Answers, s
}

// withNotedValues restores the values that a note says were changed.
func withNotedValues(doc values.Document, before map[string]any, notes []Note) map[string]any {
	layout, err := doc.Chart().Layout()
	if err != nil {
		panic(err) // cannot happen: the values were written for this chart
	}
	old := tree.Clone(before)
	if layout.Legacy() {
		delete(old, "server") // that chart does not read it
	}
	old = chartinfo.Relocate(layout, old)
	restored := tree.Clone(doc.Map)
	for _, path := range tree.Leaves(tree.Merge(old, doc.Map), nil) {
		if !slices.ContainsFunc(notes, func(n Note) bool { return speaksOf(n, path, layout) }) {
			continue
		}
		if _, has := lookup(restored, path); has {
			tree.Cut(restored, path)
		}
		if value, had := lookup(old, path); had {
			restored = tree.Merge(restored, nested(path, value))
		}
	}
	return restored
}

func speaksOf(n Note, path []string, layout chartinfo.Layout) bool {
	at := tree.Dotted(path)
	noted := n.Path
	for _, root := range []string{"server", "zenml"} {
		if noted == root || strings.HasPrefix(noted, root+".") {
			noted = layout.Root + strings.TrimPrefix(noted, root)
		}
	}
	if strings.HasSuffix(noted, ".database.url") && strings.Contains(at, ".passwordSecretRef.") {
		return true // the note on the URL covers its password
	}
	return strings.HasPrefix(at+".", noted+".") || strings.HasPrefix(noted+".", at+".")
}

func lookup(tree map[string]any, path []string) (value any, there bool) {
	for _, name := range path[:len(path)-1] {
		tree, _ = tree[name].(map[string]any)
	}
	value, there = tree[path[len(path)-1]]
	return value, there
}

func nested(path []string, value any) map[string]any {
	if len(path) > 1 {
		value = nested(path[1:], value)
	}
	return map[string]any{path[0]: value}
}

func differing(a, b map[string]any) []string {
	var places []string
	for _, place := range slices.Sorted(maps.Keys(tree.Merge(a, b))) {
		if !reflect.DeepEqual(a[place], b[place]) {
			places = append(places, place)
		}
	}
	return places
}

// effect returns the effect of objects regardless of where secrets are stored:
// each pod's environment and Secret files, and all other fields by path.
func effect(objects []manifest.Object, secrets []corev1.Secret) map[string]any {
	all := slices.Clone(objects)
	for i := range secrets {
		content, _ := runtime.DefaultUnstructuredConverter.ToUnstructured(&secrets[i])
		all = append(all, manifest.Object{Unstructured: unstructured.Unstructured{Object: content}})
	}
	v := proof.NewView(all)
	places := map[string]any{}
	for _, p := range v.Pods() {
		for _, name := range variablesOf(v, p) {
			found, _ := v.Variable(p, name)
			places[p.Name+" variable "+name] = fmt.Sprint(withoutNulls(found.Value), found.Ref)
		}
		for file, content := range secretFiles(v, p) {
			places[p.Name+" file "+file] = content
		}
	}
	for _, o := range objects {
		if o.GetKind() == "Secret" {
			continue
		}
		for place, value := range manifest.Flatten([]manifest.Object{o}) {
			if !isCovered(place) {
				places[place] = fmt.Sprint(value) // an annotation may be a boolean
			}
		}
	}
	return places
}

// withoutNulls returns a JSON object without its null entries, or the text
// unchanged.
func withoutNulls(text string) string {
	var object map[string]any
	if json.Unmarshal([]byte(text), &object) != nil {
		return text
	}
	if old, there := object["google_application_credentials"]; there { // from the public guide; the note names the right key
		object["service_account_json"] = old
		delete(object, "google_application_credentials")
	}
	maps.DeleteFunc(object, func(_ string, value any) bool { return value == nil })
	data, _ := json.Marshal(object)
	return string(data)
}

func variablesOf(v *proof.View, p *proof.Pod) []string {
	names := slices.Collect(maps.Keys(v.Environment(p)))
	slices.Sort(names)
	return slices.Compact(names)
}

// secretFiles returns the files that a pod mounts from Secrets, with their
// content or their key.
func secretFiles(v *proof.View, p *proof.Pod) map[string]any {
	files := map[string]any{}
	for _, volume := range p.Spec.Volumes {
		if volume.Projected == nil && volume.Secret == nil {
			continue
		}
		for _, c := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers) {
			for _, m := range c.VolumeMounts {
				if m.Name != volume.Name {
					continue
				}
				for at, ref := range items(volume) {
					files[c.Name+":"+m.MountPath+"/"+m.SubPath+at] = strings.TrimSpace(fmt.Sprint(v.Follow(ref)))
				}
			}
		}
	}
	return files
}

func items(volume corev1.Volume) map[string]answers.SecretRef {
	refs := map[string]answers.SecretRef{}
	if s := volume.Secret; s != nil {
		for _, item := range s.Items {
			refs[item.Path] = answers.SecretRef{Name: s.SecretName, Key: item.Key}
		}
		return refs
	}
	for _, source := range volume.Projected.Sources {
		if source.Secret == nil {
			continue
		}
		for _, item := range source.Secret.Items {
			refs[item.Path] = answers.SecretRef{Name: source.Secret.Name, Key: item.Key}
		}
	}
	return refs
}

// isCovered reports whether a field is compared as a variable or a file, or
// depends on others.
func isCovered(place string) bool {
	for _, part := range []string{"/env/", "/envFrom/", "/volumes/", "/volumeMounts/", "checksum/"} {
		if strings.Contains(place, part) {
			return true
		}
	}
	return false
}
