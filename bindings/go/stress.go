//go:build sidekick_gcstress

package sidekick

import "runtime"

// stressed reports whether the garbage collector runs around each call into C.
const stressed = true

// beforeC and afterC run around each call into C: whatever is not kept alive is gone by then.
func beforeC() { runtime.GC() }
func afterC()  { runtime.GC() }
