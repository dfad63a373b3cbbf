package connect

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// EarlyRequest describes how to connect to a server while it is installed.
type EarlyRequest struct {
	ForwardRequest
	// Open opens a tunnel, for example on the next free port.
	Open func(context.Context, ForwardRequest) (*Tunnel, error)
	// Answered is called once, when the server answers.
	Answered func(context.Context, *Tunnel, zenml.Info)
}

// Early is an attempt to connect to a pod of a new revision as soon as it
// answers. The kubelet's readiness probe finds that out only seconds later.
type Early struct {
	cancel context.CancelFunc
	done   chan *Tunnel
}

const (
	pauseWithoutPod    = 200 * time.Millisecond // between two attempts to find a pod
	pauseWithoutAnswer = 100 * time.Millisecond // between two requests to the server
)

// StartEarly starts to look for a pod that does not exist yet. Errors are not
// reported, because the wait for the install goes on beside it. The tunnel ends
// with ctx.
func StartEarly(ctx context.Context, access *kube.Access, request EarlyRequest) *Early {
	ctx, cancel := context.WithCancel(ctx)
	e := &Early{cancel: cancel, done: make(chan *Tunnel, 1)}
	go func() { e.done <- connectEarly(ctx, access, request) }()
	return e
}

// Take ends the attempt and returns the tunnel if the server has answered, or nil.
// From then on, the tunnel forwards to ready pods only. A nil Early returns nil.
func (e *Early) Take() *Tunnel {
	if e == nil {
		return nil
	}
	select {
	case t := <-e.done:
		return t.onlyReady()
	default:
	}
	e.cancel()
	if t := <-e.done; t != nil {
		t.Close()
	}
	return nil
}

func connectEarly(ctx context.Context, access *kube.Access, request EarlyRequest) *Tunnel {
	existing, err := existingPods(ctx, access, request.ForwardRequest)
	if err != nil {
		return nil
	}
	request.Starting, request.Except = true, existing
	var tunnel *Tunnel
	err = poll.Until(ctx, pauseWithoutPod, func() (bool, error) {
		var refused *RefusedError
		var err error
		tunnel, err = request.Open(ctx, request.ForwardRequest)
		if errors.As(err, &refused) || apierrors.IsForbidden(err) {
			return false, err
		}
		return err == nil, nil
	})
	if err != nil {
		return nil
	}
	var info zenml.Info
	err = poll.Until(ctx, pauseWithoutAnswer, func() (bool, error) {
		var err error
		info, err = zenml.Client{Base: tunnel.URL()}.Info(ctx)
		return err == nil, nil
	})
	if err != nil {
		tunnel.Close()
		return nil
	}
	request.Answered(ctx, tunnel, info)
	return tunnel
}

// existingPods returns the pods of the release, which run an earlier revision.
func existingPods(ctx context.Context, access *kube.Access, r ForwardRequest) (map[types.UID]bool, error) {
	client, err := access.Client()
	if err != nil {
		return nil, err
	}
	pods, err := client.CoreV1().Pods(r.Namespace).List(ctx,
		metav1.ListOptions{LabelSelector: manifest.LabelInstance + "=" + r.Release})
	if err != nil {
		return nil, err
	}
	existing := map[types.UID]bool{}
	for _, p := range pods.Items {
		existing[p.UID] = true
	}
	return existing, nil
}
