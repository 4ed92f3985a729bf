package sidekick

import (
	"sync"
	"unsafe"
)

// handle owns an object of the C library: it is freed when it was dropped and its last user is done,
// whichever comes last. So an object can be closed, or collected, while a call that uses it still runs.
type handle struct {
	// closed is the message of a use after it was dropped.
	closed string
	free   func(unsafe.Pointer)

	mu      sync.Mutex
	object  unsafe.Pointer
	users   int
	dropped bool
}

func newHandle(closed string, object unsafe.Pointer, free func(unsafe.Pointer)) *handle {
	return &handle{closed: closed, object: object, free: free}
}

// acquire hands the object out; release has to follow. The owner has to live until then (runtime.KeepAlive),
// or its cleanup may drop the handle first.
func (h *handle) acquire() (unsafe.Pointer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dropped {
		return nil, closedError(h.closed)
	}
	h.users++
	return h.object, nil
}

func closedError(message string) *Error {
	err := newError(StatusArgument, "%s", message)
	err.cause = ErrClosed
	return err
}

// release takes the object back.
func (h *handle) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users--
	h.freeUnused()
}

// drop ends the handle; to drop it again does nothing.
func (h *handle) drop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dropped = true
	h.freeUnused()
}

// lent reports whether somebody uses the object, which is not dropped.
func (h *handle) lent() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.users > 0 && !h.dropped
}

func (h *handle) freeUnused() {
	if h.dropped && h.users == 0 && h.object != nil {
		h.free(h.object)
		h.object = nil
	}
}
