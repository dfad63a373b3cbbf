package evidence

import (
	"bytes"
	"context"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

const (
	logLines = 2000
	maxRead  = 16 << 20 // bytes of a log that are read to keep the end
	maxPods  = 20       // whose logs are read
)

// addLogs adds the last lines of every container, and of the container before
// its last restart. Without every Secret they are left out, as they could
// contain one that is not known.
func (c *collector) addLogs(ctx context.Context) {
	pods := c.pods
	if over := len(pods) - maxPods; over > 0 {
		c.missing(fmt.Sprintf("logs of the %d oldest pods", over), fmt.Errorf("there are more than %d pods", maxPods))
		pods = pods[over:]
	}
	for _, p := range pods {
		for _, s := range kubestatus.Containers(&p) {
			if s.State.Waiting == nil || s.LastTerminationState.Terminated == nil {
				c.addLog(ctx, p, s, false)
			}
			if s.LastTerminationState.Terminated != nil {
				c.addLog(ctx, p, s, true)
			}
		}
	}
}

func (c *collector) addLog(ctx context.Context, p corev1.Pod, s corev1.ContainerStatus, previous bool) {
	name := "logs/" + p.Name + "/" + s.Name + ".log"
	if previous {
		name = "logs/" + p.Name + "/" + s.Name + ".previous.log"
	}
	switch {
	case c.unmasked:
		c.missing(name, errUnmasked)
	case !previous && s.State.Running == nil && s.State.Terminated == nil:
		return // it has not started, so it has no log
	default:
		content, err := c.readLog(ctx, p, s.Name, previous)
		if err != nil {
			c.missing(name, transport.WithoutURL(err))
			return
		}
		c.add(name, content)
	}
}

func (c *collector) readLog(ctx context.Context, p corev1.Pod, container string, previous bool) (string, error) {
	stream, err := c.client.CoreV1().Pods(p.Namespace).GetLogs(p.Name, &corev1.PodLogOptions{
		Container: container, Previous: previous, TailLines: ptr.To[int64](logLines), Timestamps: true,
	}).Stream(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = stream.Close() }()
	content, err := io.ReadAll(io.LimitReader(stream, maxRead))
	return string(bytes.ToValidUTF8(content, []byte("?"))), err
}
