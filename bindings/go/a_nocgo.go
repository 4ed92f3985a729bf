//go:build !cgo

package sidekick

// The package calls a C library, for which Go needs cgo: CGO_ENABLED=1 and a C compiler. Without it the
// compiler lists what is undefined, file by file. This file is the first, and says what to do.
type _ struct {
	_ libsidekick_needs_cgo_so_set_CGO_ENABLED_to_1_and_install_a_C_compiler
}
