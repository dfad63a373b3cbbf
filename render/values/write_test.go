package values_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// Every sample matches its golden file, renders and is proved, or is rejected
// with the faults in its golden file.
func TestSamples(t *testing.T) {
	proved, refused := 0, 0
	for name, a := range rendertest.Samples(t) {
		for _, generation := range rendertest.Generations {
			t.Run(generation+"/"+name, func(t *testing.T) {
				if sampleOn(t, generation, name, a) {
					proved++
				} else {
					refused++
				}
			})
		}
	}
	for _, generation := range rendertest.Generations {
		rendertest.NoneLeftOver(t, generation)
	}
	t.Logf("%d samples proved, %d rejected by a chart that does not support them", proved, refused)
}

func sampleOn(t *testing.T, generation, name string, a answers.Answers) (proved bool) {
	c := rendertest.Load(t, generation)
	doc, err := values.Build(a, c.Info, rendertest.Settings(a))
	var faults answers.Faults
	if errors.As(err, &faults) && generation == "legacy" {
		rendertest.Golden(t, filepath.Join(generation, name+".refused.txt"), []byte(faults.Error()+"\n"))
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	rendertest.Golden(t, filepath.Join(generation, name+".yaml"), doc.Bytes)
	objects, err := c.Render(a, doc.Map)
	if err != nil {
		t.Fatalf("the chart does not render:\n%v", err)
	}
	faults = values.Prove(a, c.Info, doc, objects)
	if len(faults) > 0 {
		t.Errorf("not proved:\n%v", faults)
	}
	return true
}
