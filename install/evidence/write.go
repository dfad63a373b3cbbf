package evidence

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"path"
)

// JSON writes the evidence as one JSON object.
func (e Evidence) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(e)
}

// Name returns the name of the archive without its extension, which is also the
// folder in it.
func (e Evidence) Name() string {
	return "zenml-diagnose-" + e.Release + "-" + e.Created.Format("20060102-150405")
}

// Archive returns a compressed archive with the summary and all files.
func (e Evidence) Archive() ([]byte, error) {
	summary, err := json.MarshalIndent(e.Summary, "", "  ")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	archive := tar.NewWriter(zip)
	for _, f := range append([]File{{Name: "summary.json", Content: string(summary) + "\n"}}, e.Files...) {
		if err := e.write(archive, f); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (e Evidence) write(archive *tar.Writer, f File) error {
	err := archive.WriteHeader(&tar.Header{
		Name: path.Join(e.Name(), f.Name), Mode: 0o600, Size: int64(len(f.Content)), ModTime: e.Created,
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(archive, f.Content)
	return err
}
