package kube

import (
	"context"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

// Quiet stops client-go from writing to stderr: its messages are reported as
// events and errors.
func Quiet(ctx context.Context) context.Context { return klog.NewContext(ctx, logr.Discard()) }
