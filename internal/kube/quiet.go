package kube

import (
	"context"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

// Quiet keeps client-go from writing to this process's standard error: what
// it has to say comes as events and errors.
func Quiet(ctx context.Context) context.Context { return klog.NewContext(ctx, logr.Discard()) }
