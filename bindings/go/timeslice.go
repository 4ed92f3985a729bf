package sidekick

import (
	"runtime"
	"sync/atomic"
	"time"
)

// timeSlice is how long a goroutine is left alone: half of what Go's scheduler grants it at a time.
const timeSlice = 5 * time.Millisecond

var started = time.Now()

// yielder has a goroutine that makes one prediction after another begin a new time slice now and then. Where the slice is over,
// the scheduler's monitor takes the processor from every call into C that it meets, and does not rest as long as it
// finds some: that can cost more than the call.
type yielder struct {
	// last is when it was done last, since the program started.
	last atomic.Int64
}

func (y *yielder) yield() {
	now := int64(time.Since(started))
	if now-y.last.Load() > int64(timeSlice) {
		y.last.Store(now)
		runtime.Gosched()
	}
}
