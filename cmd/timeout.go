package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// timeoutError is the cause of a command's context when --timeout has expired.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string {
	return fmt.Sprintf("the command did not finish within %s: check that what it waits for responds, or set a "+
		"longer --timeout", e.limit)
}

// Is makes it a context.DeadlineExceeded.
func (e *timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// unlimitedKey is the key of the context without the limit, in the context with it.
type unlimitedKey struct{}

// within limits a context to --timeout from now on. The parent is what unlimited returns.
func (c common) within(ctx context.Context) (context.Context, context.CancelFunc) {
	parent := unlimited(ctx)
	limited, cancel := context.WithTimeoutCause(parent, c.timeout, &timeoutError{c.timeout})
	return context.WithValue(limited, unlimitedKey{}, parent), cancel
}

// unlimited returns the context without the limit of --timeout, for what lasts as long
// as the user wants: questions, screens and an open port-forward.
func unlimited(ctx context.Context) context.Context {
	if parent, ok := ctx.Value(unlimitedKey{}).(context.Context); ok {
		return parent
	}
	return ctx
}

// remaining is how much of --timeout a command has left.
func (c common) remaining(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return c.timeout
	}
	return max(time.Until(deadline), time.Millisecond)
}

// limit applies --timeout to a whole command.
func (c *common) limit(cmd *cobra.Command) error {
	if c.timeout <= 0 {
		return usagef("--timeout %s: must be positive, such as 10m", c.timeout)
	}
	parent := cmd.Context()
	ctx, cancel := c.within(parent)
	context.AfterFunc(parent, cancel)
	cmd.SetContext(ctx)
	return nil
}

// outOfTime gives a command that ran out of time an exit code, unless the error has
// another one. A secret that could not be read until then is no usage error, also if
// the command was interrupted.
func outOfTime(ctx context.Context, code int, err error) error {
	var known *failure
	var expired *timeoutError
	if err == nil || errors.As(err, &known) && known.code != exitUsage {
		return err
	}
	if known != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		return context.Cause(ctx)
	}
	if !errors.As(context.Cause(ctx), &expired) {
		return err
	}
	return &failure{code: code, err: explainTimeout(ctx, err)}
}

// explainTimeout names --timeout in an error that only says that a deadline expired.
func explainTimeout(ctx context.Context, err error) error {
	var expired, said *timeoutError
	cause := context.Cause(ctx)
	if err == nil || !errors.As(cause, &expired) || errors.As(err, &said) || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
