package bundle

import (
	"github.com/opencontainers/go-digest"
)

// The names in the folder of a bundle.
const (
	IndexFile   = "bundle.yaml"
	AnswersFile = "answers.yaml"
	ValuesFile  = "custom-values.yaml"

	chartsFolder = "charts"
	imagesFolder = "images"
	unfinished   = ".unfinished" // exists while the bundle is written
)

// Format is the version of the format of bundle.yaml.
const Format = 1

// Bundle is the content of bundle.yaml.
type Bundle struct {
	Version int     `yaml:"version" json:"version"`
	Created string  `yaml:"createdBy" json:"createdBy"` // the installer's version
	Charts  []Chart `yaml:"charts" json:"charts"`
	Images  []Image `yaml:"images" json:"images"`
	Size    int64   `yaml:"size" json:"size"` // bytes of charts and images; shared layers are counted once
}

// Chart is a chart archive in the bundle.
type Chart struct {
	Name    string        `yaml:"name" json:"name"`
	Version string        `yaml:"version" json:"version"`
	Source  string        `yaml:"source" json:"source"` // where it was pulled from
	File    string        `yaml:"file" json:"file"`     // in the bundle
	Digest  digest.Digest `yaml:"digest" json:"digest"`
	Size    int64         `yaml:"size" json:"size"`
}

// Image is an image in the bundle.
type Image struct {
	Name      string        `yaml:"name" json:"name"`     // as the manifests name it
	Source    string        `yaml:"source" json:"source"` // with its registry; the name in the OCI layout
	Charts    []string      `yaml:"charts" json:"charts"` // which charts use it
	Digest    digest.Digest `yaml:"digest" json:"digest"` // in the bundle
	Platforms []string      `yaml:"platforms" json:"platforms"`
	Size      int64         `yaml:"size" json:"size"` // bytes, including layers that other images share

	// Path is the name below the registry, as the chart combines them.
	Path string `yaml:"path" json:"path"`
	// Server is true for the image of the server.
	Server bool `yaml:"server,omitempty" json:"server,omitempty"`
}

// Server returns the server's chart, which is the first one.
func (b Bundle) Server() Chart { return b.Charts[0] }

// Chart returns a chart by name, or nil.
func (b Bundle) Chart(name string) *Chart {
	for i, c := range b.Charts {
		if c.Name == name {
			return &b.Charts[i]
		}
	}
	return nil
}

// Event is the progress of a transfer.
type Event struct {
	Image       Image
	Done, Total int64 // bytes of all images
	Moved       int64 // bytes of this image that were transferred
	Finished    bool  // the image is complete
}

// Observer receives the progress of a transfer, one event at a time.
type Observer func(Event)
