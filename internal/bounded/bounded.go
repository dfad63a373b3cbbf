// Package bounded reads input that may be huge, endless, or never arrive.
package bounded

import (
	"context"
	"fmt"
	"io"
	"os"
)

// SizeError is input above its limit.
type SizeError struct{ Most int64 }

func (e *SizeError) Error() string { return "larger than " + Size(e.Most) }

// Size words a number of bytes in the largest unit that divides it.
func Size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// ReadAll reads r to its end. More than most bytes are a SizeError.
func ReadAll(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, &SizeError{most}
	}
	return data, err
}

// ReadFile reads a file of at most this many bytes. It returns when ctx ends, even
// while a named pipe has no writer.
func ReadFile(ctx context.Context, path string, most int64) ([]byte, error) {
	return Do(ctx, func() ([]byte, error) {
		f, err := os.Open(path) //nolint:gosec // the user names the file
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		return ReadAll(f, most)
	})
}

// Do calls work, which may block for ever, and returns the cause of ctx's end if that
// comes first. The abandoned call goes on in its goroutine, so it must change nothing
// that the caller uses.
func Do[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := work()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
