package wizard

import (
	"slices"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// progress accumulates the engine's events.
type progress struct {
	typical time.Duration // of the whole run; 0 if that is not known
	steps   []stepRow
	objects []objectRow
	log     event.LogLine
	logs    []event.LogLine  // the latest ones
	events  []event.Reported // about the objects, each once, the last repeated ones last
	notices []string
}

type stepRow struct {
	name, title string
	startedAt   time.Time
	typical     time.Duration // 0 if that is not known
	took        time.Duration
	ended       bool
	err         error
}

type objectRow struct {
	event.ObjectChanged
	since      time.Time // when it entered its state, by the local clock
	stuckSince time.Time // when it began to wait for what the cluster lacks; zero if it does not
	deadline   time.Time // when the run stops waiting for it; zero if it does not
	remedy     string
}

// maxLogs is how many log lines are kept, the latest ones.
const maxLogs = 1000

// maxEvents is how many events are kept, the latest ones.
const maxEvents = 500

// maxNotices is how many notices are kept, the latest ones.
const maxNotices = 5

// add records an event that was received now.
func (p *progress) add(e event.Event, now time.Time) {
	switch e := e.(type) {
	case event.RunStarted:
		p.typical = e.Typical
	case event.StepStarted:
		p.steps = append(p.steps, stepRow{name: e.Step, title: e.Title, startedAt: now, typical: e.Typical})
	case event.StepFinished:
		for i := range p.steps {
			if s := &p.steps[i]; s.name == e.Step && !s.ended {
				s.ended, s.err, s.took = true, e.Err, e.Duration
			}
		}
	case event.ObjectChanged:
		p.object(e, now)
	case event.Stuck:
		p.stuck(e, now)
	case event.Reported:
		p.events = slices.DeleteFunc(p.events, func(known event.Reported) bool { return known.ID == e.ID })
		p.events = append(p.events, e)
		p.events = p.events[max(len(p.events)-maxEvents, 0):]
	case event.LogLine:
		p.log = e
		p.logs = append(p.logs, e)
		p.logs = p.logs[max(len(p.logs)-maxLogs, 0):]
	case event.Notice:
		p.notices = append(p.notices, e.Text)
		p.notices = p.notices[max(len(p.notices)-maxNotices, 0):]
	}
}

func (p *progress) object(e event.ObjectChanged, now time.Time) {
	for i := range p.objects {
		o := &p.objects[i]
		if o.Object != e.Object {
			continue
		}
		if o.State != e.State {
			o.since = now
		}
		if o.State != e.State || o.Reason != e.Reason {
			o.stuckSince = time.Time{}
		}
		o.ObjectChanged = e
		return
	}
	p.objects = append(p.objects, objectRow{ObjectChanged: e, since: now})
}

// stuck records that an object waits for what the cluster lacks.
func (p *progress) stuck(e event.Stuck, now time.Time) {
	p.object(e.ObjectChanged, now)
	for i := range p.objects {
		if o := &p.objects[i]; o.Object == e.Object {
			o.stuckSince, o.deadline, o.remedy = now.Add(-e.Waited), e.Deadline, e.Remedy
		}
	}
}

// ready returns the number of ready objects.
func (p *progress) ready() int {
	n := 0
	for _, o := range p.objects {
		if o.State == event.Ready {
			n++
		}
	}
	return n
}
