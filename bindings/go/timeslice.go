package sidekick

import (
	"runtime"
	"sync/atomic"
	"time"
)

// timeSlice is half of what Go's scheduler grants a goroutine at a time.
const timeSlice = 5 * time.Millisecond

var started = time.Now()

// yielder has a goroutine that makes one short call after another begin a new time slice now and then. Where
// the slice is over, the scheduler's monitor takes the processor from every call into C that it meets, and
// does not rest as long as it finds some, which can cost more than the calls. Long calls lose the processor
// anyway.
type yielder struct {
	// called is when the last call was made, begun when the time slice began: times since the program
	// started.
	called, begun atomic.Int64
}

func (y *yielder) yield() {
	now := int64(time.Since(started))
	isShort := now-y.called.Swap(now) < int64(timeSlice)
	if now-y.begun.Load() < int64(timeSlice) {
		return
	}
	y.begun.Store(now)
	if isShort {
		runtime.Gosched()
	}
}
