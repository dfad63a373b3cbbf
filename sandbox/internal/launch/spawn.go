package launch

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/supervisor"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/teardown"
)

// spawn starts a supervisor that outlives the caller and its terminal, and returns its messages.
func spawn(options supervisor.Options) (io.ReadCloser, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start supervisor: %w", err)
	}
	defer func() { _ = write.Close() }()
	log, err := os.OpenFile(options.Dir.Log(supervisor.Command), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start supervisor: %w", err)
	}
	defer func() { _ = log.Close() }()
	encoded, err := json.Marshal(options)
	if err != nil {
		return nil, fmt.Errorf("start supervisor: %w", err)
	}
	cmd := exec.Command(options.Executable, supervisor.Command, string(encoded))
	cmd.Env = append(os.Environ(), teardown.EnvMarker+"="+options.Dir.Path())
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{write}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start supervisor: %w", err)
	}
	go func() { _ = cmd.Wait() }()
	return read, nil
}

// follow forwards a supervisor's messages until it is ready or fails.
func follow(progress io.Reader, say func(string)) error {
	decoder := json.NewDecoder(bufio.NewReader(progress))
	for {
		var word supervisor.Progress
		if err := decoder.Decode(&word); err != nil {
			return errVanished
		}
		switch {
		case word.Error != "":
			return errors.New(word.Error)
		case word.Ready:
			return nil
		default:
			say(word.Message)
		}
	}
}
