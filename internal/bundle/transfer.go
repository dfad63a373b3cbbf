package bundle

import (
	"context"
	"fmt"
	"io"
	"sync"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2/content"
)

// limited fetches manifests and configurations, which are read into memory.
type limited struct{ content.Fetcher }

// Fetch refuses content that is too large.
func (l limited) Fetch(ctx context.Context, d ocispec.Descriptor) (io.ReadCloser, error) {
	if d.Size > maxManifest {
		return nil, fmt.Errorf("%s has %d bytes, which is too large for a manifest", d.Digest, d.Size)
	}
	return l.Fetcher.Fetch(ctx, d)
}

// streams limits the concurrent transfers of an image's layers.
const streams = 3

// transfer moves the nodes of images and reports the progress.
type transfer struct {
	mu      sync.Mutex
	now     Event
	observe Observer
}

func newTransfer(total int64, observe Observer) *transfer {
	if observe == nil {
		observe = func(Event) {}
	}
	return &transfer{now: Event{Total: total}, observe: observe}
}

// begin reports the image that is transferred from now on.
func (t *transfer) begin(image Image) {
	t.report(func(e *Event) { e.Image, e.Moved, e.Finished = image, 0, false })
}

// finish reports that the image is complete.
func (t *transfer) finish() { t.report(func(e *Event) { e.Finished = true }) }

func (t *transfer) report(change func(*Event)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.now)
	t.observe(t.now)
}

// add reports bytes: transferred ones, or ones that were there.
func (t *transfer) add(n int64, moved bool) {
	t.report(func(e *Event) {
		e.Done += n
		if moved {
			e.Moved += n
		}
	})
}

// each calls do for nodes, for several at the same time.
func each(ctx context.Context, nodes []node, do func(context.Context, node) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(streams)
	for _, n := range nodes {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return do(ctx, n)
		})
	}
	return group.Wait()
}

// counted reports the bytes that are read.
type counted struct {
	io.Reader
	t    *transfer
	read int64
}

// Read reads and reports.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	c.t.add(int64(n), true)
	return n, err
}

// undo takes back what was reported of a transfer that failed.
func (c *counted) undo() { c.t.add(-c.read, true) }
