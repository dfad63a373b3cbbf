package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

// drainFor bounds how long open requests may go on after the signal to stop.
const drainFor = 10 * time.Second

func migrate(env standin.Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := standin.Migrate(ctx, env, os.Stdout); err != nil {
		return exitFailed
	}
	return 0
}

// serve starts the server and answers until the process is told to stop.
func serve(env standin.Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	fmt.Printf("INFO:     Started server process [%d]\n", os.Getpid())
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
		fmt.Printf("ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', %s): %v\n", port, err)
		return exitFailed
	}
	fmt.Printf("INFO:     Uvicorn running on http://0.0.0.0:%d (Press CTRL+C to quit)\n", listener.Addr().(*net.TCPAddr).Port)
	return answerUntil(ctx, listener, server)
}

// answerUntil serves on the listener until ctx ends, then lets open requests finish.
func answerUntil(ctx context.Context, listener net.Listener, handler http.Handler) int {
	httpServer := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- httpServer.Serve(listener) }()
	select {
	case err := <-failed:
		fmt.Printf("ERROR:    %v\n", err)
		return exitFailed
	case <-ctx.Done():
	}
	fmt.Println("INFO:     Shutting down")
	drain, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	if err := httpServer.Shutdown(drain); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		fmt.Printf("ERROR:    %v\n", err)
		return exitFailed
	}
	fmt.Printf("INFO:     Finished server process [%d]\n", os.Getpid())
	return 0
}
