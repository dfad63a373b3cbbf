package simnode

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

// logs serves the log of the pod's stand-in. Other simulated pods have none.
func (k *Kubelet) logs(w http.ResponseWriter, r *http.Request) {
	run, err := k.runtime.find(r.PathValue("namespace"), r.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if run == nil || run.container.Name != r.PathValue("container") {
		return
	}
	file, err := os.Open(run.logPath()) //nolint:gosec // the path is made of the pod's uid
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	defer func() { _ = file.Close() }()
	written, err := io.ReadAll(file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(tail(written, r.URL.Query().Get("tailLines"))) //nolint:gosec // plain text
	if r.URL.Query().Get("follow") == "true" {
		follow(r.Context(), run, file, w)
	}
}

// tail returns the last lines of text, or all of it if count is not a number.
func tail(text []byte, count string) []byte {
	lines, err := strconv.Atoi(count)
	if err != nil || lines < 0 {
		return text
	}
	end := bytes.TrimSuffix(text, []byte("\n"))
	for at := len(end); lines > 0; lines-- {
		if at = bytes.LastIndexByte(end[:at], '\n'); at < 0 {
			return text
		}
		if lines == 1 {
			return text[at+1:]
		}
	}
	return nil
}

// follow copies new lines until the pod or the reader has ended.
func follow(ctx context.Context, run *run, file io.Reader, w http.ResponseWriter) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		if n, _ := io.Copy(w, file); n >= 0 {
			_ = http.NewResponseController(w).Flush()
		}
		select {
		case <-ctx.Done():
			return
		case <-run.ended:
			_, _ = io.Copy(w, file)
			return
		case <-ticker.C:
		}
	}
}
