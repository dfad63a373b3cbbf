package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

// drainFor is the timeout of open requests after the signal to stop.
const drainFor = 10 * time.Second

func migrate(env standin.Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := standin.Migrate(ctx, env, os.Stdout); err != nil {
		return exitFailed
	}
	return 0
}

// serve runs the server until a signal stops it.
func serve(env standin.Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	log := standin.NewLog(env, os.Stdout)
	log.Info("uvicorn.error:_serve:1", "Started server process [%d]", os.Getpid())
	server, err := standin.NewServer(ctx, env, os.Stdout)
	if err != nil {
		return exitStartFailed
	}
	defer func() { _ = server.Close() }()
	port := env["PORT"]
	if port == "" {
		port = "8080"
	}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		log.Error("uvicorn.error:startup:1", "[Errno 98] error while attempting to bind on address ('0.0.0.0', %s): %v", port, err)
		return exitFailed
	}
	log.Info("uvicorn.error:_log_started_message:1", "Uvicorn running on http://0.0.0.0:%d (Press CTRL+C to quit)", listener.Addr().(*net.TCPAddr).Port)
	return answerUntil(ctx, listener, server, log)
}

// answerUntil serves on the listener until ctx is done, then waits for open
// requests.
func answerUntil(ctx context.Context, listener net.Listener, handler http.Handler, log standin.Log) int {
	httpServer := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- httpServer.Serve(listener) }()
	select {
	case err := <-failed:
		log.Error("uvicorn.error:serve:1", "%v", err)
		return exitFailed
	case <-ctx.Done():
	}
	log.Info("uvicorn.error:shutdown:1", "Shutting down")
	drain, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	if err := httpServer.Shutdown(drain); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		log.Error("uvicorn.error:shutdown:1", "%v", err)
		return exitFailed
	}
	log.Info("uvicorn.error:_serve:1", "Finished server process [%d]", os.Getpid())
	return 0
}
