package chart

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"

	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
)

// RendererArgument is the only argument of the program when it has to run Serve.
const RendererArgument = "render-in-this-process"

// The exit codes of the process.
const (
	exitProtocol = 1
	exitTime     = 124 // as of the command timeout
	exitMemory   = 137 // as of a process that the kernel ended for its memory
)

const (
	stackLimit  = 16 << 20 // bytes; templates may include each other 1,000 deep
	watchPeriod = 2 * time.Millisecond
)

// chartMessage is the first message to the process.
type chartMessage struct {
	Info  chartinfo.Info
	Files []*helmchart.File
}

// Serve renders a chart for the process that started this one, until in ends. It
// returns the exit code. The process ends at once when it uses too much memory, and
// when the other process is gone.
func Serve(in io.Reader, out io.Writer) int {
	signal.Ignore(os.Interrupt) // the other process decides
	debug.SetMaxStack(stackLimit)
	debug.SetMemoryLimit(renderMemory / 4 * 3) // so that garbage is collected before the limit
	limitMemory()
	startedAt.Store(idle)
	go watch(os.Getppid())
	requests := json.NewDecoder(in)
	var first chartMessage
	if err := requests.Decode(&first); err != nil {
		return exitProtocol
	}
	var files []*loader.BufferedFile
	for _, f := range first.Files {
		files = append(files, &loader.BufferedFile{Name: f.Name, Data: f.Data})
	}
	c, err := loader.LoadFiles(files)
	if err != nil {
		return exitProtocol
	}
	return serve(c, first.Info, requests, json.NewEncoder(out))
}

// startedAt is the CPU time of the process at the beginning of the rendering under
// way; idle if there is none.
var startedAt atomic.Int64

const idle = -1

func serve(c *helmchart.Chart, info chartinfo.Info, requests *json.Decoder, responses *json.Encoder) int {
	for {
		var request RenderRequest
		if err := requests.Decode(&request); err != nil {
			return exitProtocol
		}
		startedAt.Store(int64(cpuTime()))
		rendered, err := render(c, info, request)
		startedAt.Store(idle)
		if err := responses.Encode(respond(rendered, err)); err != nil {
			return exitProtocol
		}
	}
}

func respond(rendered Rendered, err error) response {
	var fault *RenderError
	if errors.As(err, &fault) {
		bare := *fault
		bare.Err = nil
		return response{Fault: &bare, Err: fault.Err.Error()}
	}
	answer := response{Notes: rendered.Notes}
	for _, o := range rendered.Objects {
		answer.Objects = append(answer.Objects, o.Object)
	}
	return answer
}

// watch ends this process when its heap grows above the limit, when a rendering has
// computed for too long, and when its parent is gone.
func watch(parent int) {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for range time.Tick(watchPeriod) {
		metrics.Read(heap)
		if heap[0].Value.Uint64() > renderMemory {
			os.Exit(exitMemory)
		}
		if at := startedAt.Load(); at != idle && cpuTime()-time.Duration(at) > renderTime {
			os.Exit(exitTime)
		}
		if os.Getppid() != parent {
			os.Exit(exitProtocol)
		}
	}
}
