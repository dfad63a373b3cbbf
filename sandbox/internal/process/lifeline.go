package process

import (
	"os"
	"strconv"
)

// EnvLifeline is the environment variable with the number of a file descriptor
// that reaches its end when the component's supervisor has ended.
const EnvLifeline = "ZENML_SANDBOX_LIFELINE"

// FollowLifeline ends this process when its supervisor has ended. It does
// nothing in a process without a supervisor.
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
