package chart

import (
	"os"

	"helm.sh/helm/v3/pkg/chartutil"
)

// Archive returns the chart as a .tgz, byte for byte as it was pulled. A folder is
// packaged.
func (c *Chart) Archive() ([]byte, error) {
	if c.archive != nil {
		return c.archive, nil
	}
	loaded, err := loadFolder(Source{Ref: c.Info.Ref}) // rendering has modified c.helm
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "chart-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path, err := chartutil.Save(loaded, dir)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}
