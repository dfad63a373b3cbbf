// Package evidence collects what is needed to explain the state of a release:
// manifests, events, pods, logs and versions, without secrets.
package evidence

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/inspect"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Version is the version of the summary. It changes with incompatible changes.
const Version = 1

// Request selects what is collected.
type Request struct {
	Engine             *install.Engine
	Namespace, Release string
	Installer          string        // its version
	Secrets            []secret.Text // more secrets to mask, such as those of the answers
	Files              []File        // of the caller; their secrets are masked, too
	Missing            []Missing     // what the caller could not collect
}

// File is a part of the evidence.
type File struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}

// Missing is what could not be collected.
type Missing struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Summary is the part to read first. Its JSON form is public.
type Summary struct {
	Version      int       `json:"version"`
	Created      time.Time `json:"created"`
	Release      string    `json:"release"`
	Namespace    string    `json:"namespace"`
	Status       string    `json:"status,omitempty"` // Helm's status, empty without a release
	Revision     int       `json:"revision,omitempty"`
	Description  string    `json:"description,omitempty"` // Helm's description of the last operation
	Chart        string    `json:"chart,omitempty"`
	ChartDigest  string    `json:"chartDigest,omitempty"`
	Installer    string    `json:"installer"`
	Kubernetes   string    `json:"kubernetes,omitempty"`
	Images       []string  `json:"images,omitempty"`
	Truncated    []string  `json:"truncated,omitempty"` // files without their beginning
	NotCollected []Missing `json:"notCollected,omitempty"`
}

// Evidence is what was collected.
type Evidence struct {
	Summary `json:"summary"`
	Files   []File `json:"files"`
}

// collector collects the evidence of one release.
type collector struct {
	Request
	client   kubernetes.Interface
	redactor *redact.Redactor
	release  *install.Release // nil if there is none
	objects  []manifest.Object
	pods     []corev1.Pod
	hash     hasher
	unmasked bool // a Secret could not be read

	found Evidence
}

// Collect reads everything that the user has permission for. What could not be
// read is listed in the summary. It fails only if the cluster cannot be used.
func Collect(ctx context.Context, request Request) (Evidence, error) {
	client, err := request.Engine.Access.Client()
	if err != nil {
		return Evidence{}, err
	}
	c := &collector{Request: request, client: client, redactor: redact.New(nil), hash: newHasher()}
	c.found.Summary = Summary{
		Version: Version, Created: time.Now().UTC().Truncate(time.Second), Release: request.Release,
		Namespace: request.Namespace, Installer: request.Installer, NotCollected: request.Missing,
	}
	for _, s := range request.Secrets {
		c.redactor.Add(s.Reveal())
	}
	for _, step := range []func(context.Context){
		c.readVersion, c.readRelease, c.readPods, c.readSecrets, // the secrets first: the rest is masked with them
		c.addValues, c.addManifests, c.addObjects, c.addPods, c.addEvents, c.addLogs, c.addFiles,
	} {
		step(ctx)
	}
	return c.finish(), context.Cause(ctx)
}

// finish puts the summary first. It is masked, because Helm's description may
// quote an error.
func (c *collector) finish() Evidence {
	c.found.Description = c.redactor.Text(c.found.Description)
	for i, m := range c.found.NotCollected {
		c.found.NotCollected[i].Why = c.redactor.Text(m.Why)
	}
	return c.found
}

// missing records what could not be collected.
func (c *collector) missing(what string, why error) {
	c.found.NotCollected = append(c.found.NotCollected, Missing{What: what, Why: why.Error()})
}

// maxFile limits the size of a file.
const maxFile = 1 << 20

// add adds a file with its secrets masked. Of a longer text it keeps the end.
func (c *collector) add(name, content string) {
	content = c.redactor.Document(content)
	if len(content) > maxFile {
		content = content[len(content)-maxFile:]
		c.found.Truncated = append(c.found.Truncated, name)
	}
	c.found.Files = append(c.found.Files, File{Name: name, Content: content})
}

// addJSON adds a value as JSON.
func (c *collector) addJSON(name string, value any) {
	content, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		c.missing(name, err)
		return
	}
	c.add(name, string(content)+"\n")
}

// addFiles adds the files of the caller.
func (c *collector) addFiles(context.Context) {
	for _, f := range c.Request.Files {
		c.add(f.Name, f.Content)
	}
}

func (c *collector) scope() inspect.Scope {
	return inspect.Scope{Client: c.client, Namespace: c.Namespace, Release: c.Release, Objects: c.objects}
}

func (c *collector) readVersion(ctx context.Context) {
	body, err := c.client.Discovery().RESTClient().Get().AbsPath("/version").DoRaw(ctx)
	var version struct {
		GitVersion string `json:"gitVersion"`
	}
	if err == nil {
		err = json.Unmarshal(body, &version)
	}
	if err != nil {
		c.missing("version of Kubernetes", err)
		return
	}
	c.found.Kubernetes = version.GitVersion
}

func (c *collector) readPods(ctx context.Context) {
	var err error
	if c.pods, err = c.scope().Pods(ctx); err != nil {
		c.missing("pods", err)
	}
	for _, p := range c.pods {
		for _, container := range p.Spec.Containers {
			if !slices.Contains(c.found.Images, container.Image) {
				c.found.Images = append(c.found.Images, container.Image)
			}
		}
	}
}
