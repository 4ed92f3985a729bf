//go:build !sidekick_gcstress

package sidekick

// stressed tells whether the garbage collector runs around each call into C.
const stressed = false

func beforeC() {}
func afterC()  {}
