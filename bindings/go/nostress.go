//go:build !sidekick_gcstress

package sidekick

// stressed reports whether the garbage collector runs around each call into C.
const stressed = false

func beforeC() {}
func afterC()  {}
