package watch

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
)

const (
	keptLines = 200      // per pod
	maxLine   = 16 << 10 // bytes of a log line; the rest is truncated
)

// logs follows the logs of the release's containers.
type logs struct {
	ctx     context.Context
	watcher *Watcher
	done    sync.WaitGroup

	mu      sync.Mutex
	started map[string]bool        // followed containers, by pod, name and restart count
	lines   map[types.UID][]string // last lines by pod
}

func newLogs(ctx context.Context, w *Watcher) *logs {
	return &logs{ctx: ctx, watcher: w, started: map[string]bool{}, lines: map[types.UID][]string{}}
}

// wait waits until all followers have ended. Their context must be done.
func (l *logs) wait() { l.done.Wait() }

// follow starts to follow every running container.
func (l *logs) follow(pods []*corev1.Pod) {
	for _, p := range pods {
		for _, s := range kubestatus.Containers(p) {
			if s.State.Running == nil && s.State.Terminated == nil {
				continue
			}
			key := fmt.Sprintf("%s/%s/%d", p.UID, s.Name, s.RestartCount)
			l.mu.Lock()
			first := !l.started[key]
			l.started[key] = true
			l.mu.Unlock()
			if first && l.ctx.Err() == nil {
				l.done.Go(func() { l.read(p, s.Name) })
			}
		}
	}
}

func (l *logs) read(p *corev1.Pod, container string) {
	stream, err := l.watcher.Client.CoreV1().Pods(p.Namespace).
		GetLogs(p.Name, &corev1.PodLogOptions{Container: container, Follow: true}).Stream(l.ctx)
	if err != nil {
		return // not available or forbidden: the fault contains what is known
	}
	defer func() { _ = stream.Close() }()
	var readable diagnose.Reader
	eachLine(stream, func(line string) {
		l.keep(p.UID, l.watcher.Redactor.Text(line))
		l.emit(p.Name, container, readable.Next(line))
		l.watcher.poke()
	})
	l.emit(p.Name, container, readable.Rest())
}

// emit reports complete lines: a wrapped line could contain part of a secret.
func (l *logs) emit(pod, container string, lines []string) {
	for _, line := range lines {
		l.watcher.Emit(event.LogLine{Pod: pod, Container: container, Line: l.watcher.Redactor.Text(line)})
	}
}

func (l *logs) keep(pod types.UID, line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines[pod] = append(l.lines[pod], line)
	if over := len(l.lines[pod]) - keptLines; over > 0 {
		l.lines[pod] = l.lines[pod][over:]
	}
}

// of returns the last lines of the pod's log.
func (l *logs) of(pod types.UID) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines[pod])
}

// lastLine returns the last meaningful line of the pod's log.
func (v view) lastLine(pod types.UID) string { return diagnose.LastLine(v.lines(pod)) }

// tail reads the last log lines of a pod's containers again, from the previous
// container if the current one has none. Failing that, it returns the followed
// lines.
func (l *logs) tail(ctx context.Context, p *corev1.Pod) []string {
	var lines []string
	for _, s := range kubestatus.Containers(p) {
		previous := s.State.Waiting != nil && s.LastTerminationState.Terminated != nil
		most := int64(keptLines)
		stream, err := l.watcher.Client.CoreV1().Pods(p.Namespace).
			GetLogs(p.Name, &corev1.PodLogOptions{Container: s.Name, TailLines: &most, Previous: previous}).Stream(ctx)
		if err != nil {
			continue
		}
		eachLine(stream, func(line string) { lines = append(lines, l.watcher.Redactor.Text(line)) })
		_ = stream.Close()
	}
	if len(lines) > 0 {
		return lines
	}
	return l.of(p.UID)
}

func eachLine(r io.Reader, use func(string)) {
	reader := bufio.NewReaderSize(r, maxLine)
	for {
		line, more, err := reader.ReadLine()
		if err != nil {
			return
		}
		use(strings.TrimRight(string(line), "\r\n"))
		for more && err == nil { // the rest of a line that is too long
			_, more, err = reader.ReadLine()
		}
	}
}
