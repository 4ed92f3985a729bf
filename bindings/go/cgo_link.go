package sidekick

// Which library is linked. The archive with built libraries has another file of this name.

/*
#cgo !sidekick_static pkg-config: sidekick
#cgo sidekick_static pkg-config: --static sidekick
#cgo sidekick_static LDFLAGS: -Wl,--as-needed -l:libsidekick.a
*/
import "C"
