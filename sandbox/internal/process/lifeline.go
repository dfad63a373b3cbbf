package process

import (
	"os"
	"strconv"
)

// EnvLifeline names the environment variable with the number of a file descriptor. When it reaches its end, the
// component's supervisor is gone.
const EnvLifeline = "ZENML_SANDBOX_LIFELINE"

// FollowLifeline ends this process as soon as the one that started it is gone.
// It does nothing in a process that no supervisor started.
func FollowLifeline() { followLifeline(func() { os.Exit(1) }) }

func followLifeline(end func()) {
	number, err := strconv.Atoi(os.Getenv(EnvLifeline))
	if err != nil {
		return
	}
	_ = os.Unsetenv(EnvLifeline)
	go func() {
		lifeline := os.NewFile(uintptr(number), "lifeline")
		var buffer [1]byte
		for {
			if n, err := lifeline.Read(buffer[:]); n == 0 || err != nil {
				end()
			}
		}
	}()
}
