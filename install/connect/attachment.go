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

// attachment is one connection to the port-forward endpoint of one pod, over
// which any number of local connections are carried as streams.
type attachment struct {
	pod     *corev1.Pod
	port    int32
	conn    httpstream.Connection
	broken  chan struct{} // closed when it can carry nothing more
	once    sync.Once
	next    atomic.Int64 // request number
	carried sync.WaitGroup
}

// dial connects to a pod, by WebSocket first and by SPDY where the API server
// or something before it does not let that through.
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
		go func() { // the dialer takes no context: drop what it still brings
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
		go func() { <-a.conn.CloseChan(); a.breakOff() }()
		return a, nil
	}
}

// breakOff says that the attachment carries nothing more.
func (a *attachment) breakOff() { a.once.Do(func() { close(a.broken) }) }

func (a *attachment) close() { a.breakOff(); _ = a.conn.Close() }

// drain closes the attachment when what it carries has ended by itself.
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

// carry carries a local connection to the pod and back until one side ends. It
// returns false when the pod has not taken the connection, so that another
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
		select { // what ended the data may be about to be told
		case text = <-fault:
		case <-time.After(tellTime):
		}
	}
	refused := notTaken(text) && local.unanswered()
	_ = data.Reset()
	_ = faults.Reset()
	a.conn.RemoveStreams(faults, data)
	if text != "" {
		a.breakOff() // the port does not answer: the pod is on its way out
	}
	local.release()
	copies.Wait()
	return !refused || !local.retain()
}

// tellTime is how long the fault of a connection may come after its end.
const tellTime = 200 * time.Millisecond

// notTaken reports whether a fault says that the pod has not even taken the
// connection: then nothing that was sent has reached the server.
func notTaken(fault string) bool {
	for _, words := range []string{
		"failed to connect", "connection refused", "not running", "not found", "no such file", "failed to find", "unable to do port forwarding",
	} {
		if strings.Contains(strings.ToLower(fault), words) {
			return true
		}
	}
	return false
}

// open opens the two streams of one connection.
func (a *attachment) open() (faults, data httpstream.Stream, err error) {
	headers := http.Header{}
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	headers.Set(corev1.PortHeader, strconv.Itoa(int(a.port)))
	headers.Set(corev1.PortForwardRequestIDHeader, strconv.FormatInt(a.next.Add(1), 10))
	if faults, err = a.conn.CreateStream(headers); err != nil {
		return nil, nil, err
	}
	_ = faults.Close() // nothing is written to it
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	if data, err = a.conn.CreateStream(headers); err != nil {
		a.conn.RemoveStreams(faults)
		return nil, nil, err
	}
	return faults, data, nil
}

// serverPort is the container port named http, or the server's own 8080.
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
