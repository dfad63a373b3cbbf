package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// pause holds a pod's namespaces until it receives a signal, and reaps the
// orphans of the pod's containers.
func pause() int {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	orphans := childrenEnded()
	for {
		select {
		case <-stop:
			return 0
		case <-orphans:
			reap()
		}
	}
}

// sleep implements sleep(1): numbers of seconds, or with the suffix s, m, h or
// d, which are added up.
func sleep(args []string) int {
	total, err := sleepTime(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "sleep: %v\n", err)
		return exitFailed
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
		return 128 + int(syscall.SIGTERM)
	case <-time.After(total):
		return 0
	}
}

func sleepTime(args []string) (time.Duration, error) {
	if len(args) == 0 {
		return 0, fmt.Errorf("missing operand: give a number of seconds")
	}
	var total time.Duration
	units := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	for _, arg := range args {
		number := strings.TrimRight(arg, "smhd")
		unit, ok := units[strings.TrimPrefix(arg, number)]
		if number == arg {
			unit, ok = time.Second, true
		}
		count, err := strconv.ParseFloat(number, 64)
		if err != nil || !ok || count < 0 {
			return 0, fmt.Errorf("invalid time interval %q: give a number of seconds", arg)
		}
		total += time.Duration(count * float64(unit))
	}
	return total, nil
}
