package connect

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream"

	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// attachment is a connection to the port-forward endpoint of a pod. It carries
// any number of local connections as streams.
type attachment struct {
	pod     *corev1.Pod
	port    int32
	conn    httpstream.Connection
	broken  chan struct{} // closed when it cannot carry connections any more
	once    sync.Once
	next    atomic.Int64 // last request ID
	carried sync.WaitGroup
}

// dial connects to a pod by WebSocket, or by SPDY if the API server or a proxy
// does not support WebSockets.
func (f *podFinder) dial(ctx context.Context, pod *corev1.Pod) (*attachment, error) {
	config, err := f.access.UpgradeConfig(ctx)
	if err != nil {
		return nil, err
	}
	dialer, err := kube.PortForwardDialer(config, f.portForwardURL(pod).URL())
	if err != nil {
		return nil, err
	}
	type result struct {
		conn     httpstream.Connection
		protocol string
		err      error
	}
	done := make(chan result, 1)
	go func() {
		conn, protocol, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
		done <- result{conn, protocol, err}
	}()
	select {
	case <-ctx.Done():
		go func() { // the dialer takes no context: close a late connection
			if r := <-done; r.conn != nil {
				_ = r.conn.Close()
			}
		}()
		return nil, context.Cause(ctx)
	case r := <-done:
		if kube.IsUpgradeRefused(r.err) {
			return nil, &RefusedError{Host: config.Host, Err: r.err}
		}
		if r.err != nil {
			return nil, fmt.Errorf("port-forward to pod %s: %w", pod.Name, r.err)
		}
		if r.protocol != portforward.PortForwardProtocolV1Name {
			_ = r.conn.Close()
			return nil, fmt.Errorf("port-forward to pod %s: the API server speaks %q", pod.Name, r.protocol)
		}
		a := &attachment{pod: pod, port: serverPort(pod), conn: r.conn, broken: make(chan struct{})}
		go func() { <-a.conn.CloseChan(); a.markBroken() }()
		return a, nil
	}
}

// markBroken marks the attachment as broken.
func (a *attachment) markBroken() { a.once.Do(func() { close(a.broken) }) }

func (a *attachment) close() { a.markBroken(); _ = a.conn.Close() }

// drain closes the attachment when its connections have ended.
func (a *attachment) drain(ctx context.Context) {
	idle := make(chan struct{})
	go func() { a.carried.Wait(); close(idle) }()
	select {
	case <-ctx.Done():
	case <-idle:
	case <-a.conn.CloseChan():
	}
	a.close()
}

// carry copies between a local connection and the pod until one side ends. It
// returns false if the pod did not accept the connection, so that another
// attachment can try.
func (a *attachment) carry(local *localConn) bool {
	a.carried.Add(1)
	defer a.carried.Done()
	faults, data, err := a.open()
	if err != nil {
		return false
	}
	var copies sync.WaitGroup
	fault, back := make(chan string, 1), make(chan struct{})
	copies.Go(func() {
		text, _ := io.ReadAll(io.LimitReader(faults, 4<<10))
		fault <- strings.TrimSpace(string(text))
	})
	copies.Go(func() { defer close(back); local.receive(data) })
	copies.Go(func() { local.send(data); _ = data.Close() })

	text := ""
	select {
	case text = <-fault:
		if text == "" {
			<-back
		}
	case <-back:
		select { // an error may follow the end of the data
		case text = <-fault:
		case <-time.After(errorGrace):
		}
	}
	refused := notAccepted(text) && local.unanswered()
	_ = data.Reset()
	_ = faults.Reset()
	a.conn.RemoveStreams(faults, data)
	if text != "" {
		a.markBroken() // the port does not answer: the pod is terminating
	}
	local.release()
	copies.Wait()
	return !refused || !local.retain()
}

// errorGrace is how long the error of a connection may arrive after its end.
const errorGrace = 200 * time.Millisecond

// notAccepted reports whether an error means that the pod did not accept the
// connection, so that the server received nothing.
func notAccepted(fault string) bool {
	for _, words := range []string{
		"failed to connect", "connection refused", "not running", "not found", "no such file", "failed to find",
		"unable to do port forwarding",
	} {
		if strings.Contains(strings.ToLower(fault), words) {
			return true
		}
	}
	return false
}

// open opens the data and the error stream of a connection.
func (a *attachment) open() (faults, data httpstream.Stream, err error) {
	headers := http.Header{}
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	headers.Set(corev1.PortHeader, strconv.Itoa(int(a.port)))
	headers.Set(corev1.PortForwardRequestIDHeader, strconv.FormatInt(a.next.Add(1), 10))
	if faults, err = a.conn.CreateStream(headers); err != nil {
		return nil, nil, err
	}
	_ = faults.Close() // the error stream is read-only
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	if data, err = a.conn.CreateStream(headers); err != nil {
		a.conn.RemoveStreams(faults)
		return nil, nil, err
	}
	return faults, data, nil
}

// serverPort returns the container port named http, or 8080.
func serverPort(pod *corev1.Pod) int32 {
	for _, c := range pod.Spec.Containers {
		for _, p := range c.Ports {
			if p.Name == "http" {
				return p.ContainerPort
			}
		}
	}
	return 8080
}
