package plan

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Report is a plan with what it means for its users. Its JSON form is public.
type Report struct {
	Version   int    `json:"version"`
	Context   string `json:"context"`
	Namespace string `json:"namespace"`
	Release   string `json:"release"`
	Revision  int    `json:"revision,omitempty"` // the deployed one, which is upgraded
	Chart     string `json:"chart"`
	// UpToDate means that nothing would change: neither objects nor values nor
	// the chart, and nothing is installed before the release.
	UpToDate bool `json:"upToDate"`
	// Changes is how many objects would be created, changed or deleted.
	Changes       int            `json:"changes"`
	Counts        Counts         `json:"counts"`
	Steps         []string       `json:"steps"`
	Values        []string       `json:"values"`        // the values of the release that change, with secrets masked
	Data          []string       `json:"data"`          // what happens to the server's data
	Activation    string         `json:"activation"`    // who activates the server
	Prerequisites []Prerequisite `json:"prerequisites"` // what is missing or needs attention
	Installs      []Install      `json:"installs"`      // what is installed before the release
	// FailedChecks are the checks that stop the install. With them nothing was planned.
	FailedChecks []Prerequisite `json:"failedChecks"`
	Objects      []Object       `json:"objects"`
	Notes        []string       `json:"notes"` // what could not be compared, and why
}

// Install is what an install adds to the cluster before the release, with the
// user's consent. Its JSON form is public.
type Install struct {
	Kind      string `json:"kind"` // Release, or the kind of the objects
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Version   string `json:"version,omitempty"` // of the chart or the API
	// Source is the chart's reference, the ACME server of an issuer, the class of a
	// Gateway, or zenml-installer for what it contains.
	Source string `json:"source"`
}

// String describes what is installed.
func (i Install) String() string {
	text := i.Kind + " " + i.Name
	if i.Version != "" {
		text += " " + i.Version
	}
	return text + " from " + i.Source
}

// Prerequisite is what a check misses. Its JSON form is public.
type Prerequisite struct {
	Check   string `json:"check"`
	Status  string `json:"status"` // warn or fail
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

// With returns the report with the plan's objects. A nil list becomes an empty
// one, because JSON distinguishes them.
func (r Report) With(p Plan, chartChanges bool) Report {
	r.Version, r.Objects, r.Notes = 1, listed(p.Objects), listed(p.Notes)
	r.Counts = p.Counts()
	r.Changes = r.Counts.Changes()
	r.Steps, r.Values, r.Data = listed(r.Steps), listed(r.Values), listed(r.Data)
	r.Prerequisites, r.FailedChecks = listed(r.Prerequisites), listed(r.FailedChecks)
	r.Installs = listed(r.Installs)
	r.UpToDate = r.Revision > 0 && r.Changes == 0 && len(r.Installs) == 0 && len(r.Values) == 0 && !chartChanges
	return r
}

func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// imagesOf returns the images of an object's pods, by container.
func imagesOf(o *unstructured.Unstructured) map[string]string {
	images := map[string]string{}
	if o == nil {
		return images
	}
	containers, _, _ := unstructured.NestedSlice(o.Object, "spec", "template", "spec", "containers")
	for _, c := range containers {
		container, _ := c.(map[string]any)
		name, _ := container["name"].(string)
		image, _ := container["image"].(string)
		images[name] = image
	}
	return images
}

// ImageChange is the image of a container that changes.
type ImageChange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// imageChange returns the first image that changes in an object's pods.
func imageChange(before, after *unstructured.Unstructured) *ImageChange {
	is := imagesOf(after)
	for name, image := range imagesOf(before) {
		if is[name] != "" && is[name] != image {
			return &ImageChange{From: image, To: is[name]}
		}
	}
	return nil
}
