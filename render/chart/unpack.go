package chart

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// unpack loads a chart archive that is within the limits.
func unpack(src Source, archive []byte) (*helmchart.Chart, error) {
	budget := &unpacking{bytes: maxUnpacked, files: maxFiles}
	if err := budget.spend(bytes.NewReader(archive)); err != nil {
		var limit *limitError
		if errors.As(err, &limit) {
			return nil, tooLarge(src, "%w", err)
		}
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotAChart, Err: err, Remedy: archiveRemedy}
	}
	loaded, err := loader.LoadArchive(bytes.NewReader(archive))
	if err != nil {
		return nil, &SourceError{Ref: src.redactedRef(), Reason: ReasonNotAChart, Err: err, Remedy: archiveRemedy}
	}
	return loaded, nil
}

const archiveRemedy = "set chart.ref to a folder with a Chart.yaml, or a .tgz from helm pull or helm package"

// limitError is an archive that would unpack to more than a limit.
type limitError struct{ text string }

func (e *limitError) Error() string { return e.text }

func limitf(format string, args ...any) error { return &limitError{fmt.Sprintf(format, args...)} }

// unpacking is what an archive and the archives in it may still unpack to.
type unpacking struct {
	bytes int64
	files int
}

// reader counts down the bytes of the archive that is read.
func (u *unpacking) reader(r io.Reader) io.Reader { return &countdown{r, u} }

type countdown struct {
	r io.Reader
	u *unpacking
}

func (c *countdown) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.u.bytes -= int64(n); c.u.bytes < 0 {
		return n, limitf("it unpacks to more than %s", bounded.Size(maxUnpacked))
	}
	return n, err
}

// spend reads an archive to its end without keeping it.
func (u *unpacking) spend(archive io.Reader) error {
	unzipped, err := gzip.NewReader(archive)
	if err != nil {
		return err
	}
	files := tar.NewReader(u.reader(unzipped))
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := u.file(header, files); err != nil {
			return err
		}
	}
}

func (u *unpacking) file(header *tar.Header, content io.Reader) error {
	if u.files--; u.files < 0 {
		return limitf("it contains more than %d files", maxFiles)
	}
	name, most := path.Base(header.Name), int64(maxFile)
	if name == chartutil.ValuesfileName || name == chartutil.ChartfileName {
		most = maxYAML
	}
	if header.Size > most {
		return limitf("its file %s is larger than %s", name, bounded.Size(most))
	}
	if !strings.Contains(header.Name, "/charts/") || !strings.HasSuffix(header.Name, ".tgz") {
		return nil
	}
	data, err := bounded.ReadAll(content, maxFile)
	if err != nil {
		return err
	}
	return u.spend(bytes.NewReader(data))
}
