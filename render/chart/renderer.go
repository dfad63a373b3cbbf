package chart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// renderer renders a chart in a process of its own, because a template can neither be
// interrupted nor kept from using memory. The process serves one request after the
// other, and ends after an idle time.
type renderer struct {
	program string
	files   []*helmchart.File

	mu      sync.Mutex
	process *process // nil when none runs
	idle    *time.Timer
}

func newRenderer(program string, c *helmchart.Chart) *renderer {
	if program == "" {
		return nil
	}
	return &renderer{program: program, files: c.Raw}
}

// process is a running renderer. Its input holds secrets, so it goes through a pipe.
type process struct {
	command   *exec.Cmd
	in        io.WriteCloser
	requests  *json.Encoder
	responses *json.Decoder
	messages  *bytes.Buffer
}

// response is what the process answers to a request.
type response struct {
	Objects []map[string]any
	Notes   string
	Fault   *RenderError
	Err     string // the text of Fault.Err
}

func (r *renderer) render(ctx context.Context, info chartinfo.Info, request RenderRequest) (Rendered, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.idle != nil {
		r.idle.Stop()
	}
	if err := r.start(info); err != nil { //nolint:contextcheck // the process outlives one request
		return Rendered{}, err
	}
	p := r.process
	answer, err := bounded.Do(ctx, func() (response, error) { return p.ask(request) })
	if err != nil {
		r.process = nil
		return Rendered{}, p.kill(ctx, info, err)
	}
	r.idle = time.AfterFunc(renderIdle, r.stop)
	return answer.rendered()
}

// start starts the process if none runs.
func (r *renderer) start(info chartinfo.Info) error {
	if r.process != nil {
		return nil
	}
	command := exec.Command(r.program, RendererArgument) //nolint:gosec,noctx // this program; it outlives one request
	command.Env = []string{}                             // templates see no environment
	p := &process{command: command, messages: &bytes.Buffer{}}
	command.Stderr = p.messages
	in, err := command.StdinPipe()
	if err != nil {
		return err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	p.in, p.requests, p.responses = in, json.NewEncoder(in), json.NewDecoder(out)
	if err := command.Start(); err != nil {
		return fmt.Errorf("cannot start the process that renders the chart: %w", err)
	}
	if err := p.requests.Encode(chartMessage{Info: info, Files: r.files}); err != nil {
		return p.kill(context.Background(), info, err)
	}
	r.process = p
	return nil
}

// stop ends an idle process.
func (r *renderer) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process != nil {
		_ = r.process.in.Close()
		_ = r.process.command.Wait()
		r.process = nil
	}
}

func (p *process) ask(request RenderRequest) (response, error) {
	var answer response
	if err := p.requests.Encode(request); err != nil {
		return answer, err
	}
	return answer, p.responses.Decode(&answer)
}

// kill ends a process that does not answer, or has ended by itself, and returns why.
func (p *process) kill(ctx context.Context, info chartinfo.Info, err error) error {
	if ctx.Err() != nil {
		_ = p.command.Process.Kill()
		_ = p.command.Wait()
		return context.Cause(ctx)
	}
	_ = p.in.Close()
	_ = p.command.Wait()
	fault := &RenderError{Chart: info.Name, Version: info.Version, Err: err}
	switch words := p.messages.String(); {
	case p.command.ProcessState.ExitCode() == exitMemory, strings.Contains(words, "out of memory"),
		strings.Contains(words, "cannot allocate memory"):
		fault.Cause = "its templates need more than " + bounded.Size(renderMemory) + " of memory"
	case p.command.ProcessState.ExitCode() == exitTime:
		fault.Cause = errRenderTime.Error()
	case strings.Contains(words, "stack exceeds"):
		fault.Cause = "its templates include each other without end"
	default:
		first, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
		fault.Cause = fmt.Sprintf("the process that renders it ended: %s (%s)", p.command.ProcessState, first)
	}
	return fault
}

func (a response) rendered() (Rendered, error) {
	if a.Fault != nil {
		a.Fault.Err = errors.New(a.Err)
		return Rendered{}, a.Fault
	}
	rendered := Rendered{Notes: a.Notes}
	for _, content := range a.Objects {
		rendered.Objects = append(rendered.Objects, manifest.Object{Unstructured: unstructured.Unstructured{Object: content}})
	}
	return rendered, nil
}
