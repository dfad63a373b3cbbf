package narrate

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// CheckMark returns the mark of a check's status.
func CheckMark(s check.Status) display.Mark {
	switch s {
	case check.Failed:
		return display.Failed
	case check.Warned:
		return display.Warning
	case check.Skipped:
		return display.Skipped
	}
	return display.Passed
}

// ObjectMark returns the mark of an object's state.
func ObjectMark(s event.State) display.Mark {
	switch s {
	case event.Ready:
		return display.Ready
	case event.Failed:
		return display.Failed
	case event.Waiting:
		return display.Waiting
	}
	return display.Progressing
}

// Detail describes an object's condition beyond its state: the reason and the
// message, without repeating one in the other.
func Detail(o event.ObjectChanged) string {
	switch {
	case o.Message == "":
		return o.Reason
	case o.Reason == "" || strings.Contains(o.Message, o.Reason):
		return o.Message
	}
	return o.Reason + ": " + o.Message
}
