package sidekick

// These functions are called by C. Their callbacks are known there by the number of a handle.

/*
#include <sidekick.h>
*/
import "C"

import "runtime/cgo"

// callbackFailed is what a token callback returns if there is no token.
const callbackFailed = 1

// tokenSource is the value of a token callback's handle.
type tokenSource struct {
	callback TokenCallback
	failures *tokenFailures
}

//export sidekickGoToken
func sidekickGoToken(callback C.uintptr_t, refused C.int32_t, token *C.sidekick_token) C.int32_t {
	source := cgo.Handle(callback).Value().(*tokenSource)
	value, err := source.callback(refused != 0)
	if err != nil {
		source.failures.keep(err)
	} else {
		err = call(func(failure **C.sidekick_error) C.sidekick_status {
			text, length := cText(value)
			return C.sidekick_token_set(token, text, length, failure)
		})
	}
	if err == nil {
		return 0
	}
	message, length := cText(err.Error())
	C.sidekick_token_fail(token, message, length, nil)
	return callbackFailed
}

//export sidekickGoLog
func sidekickGoLog(callback C.uintptr_t, level C.int32_t, message *C.char, length C.size_t) {
	cgo.Handle(callback).Value().(LogCallback)(LogLevel(level), goText(message, length))
}

//export sidekickGoRelease
func sidekickGoRelease(callback C.uintptr_t) {
	cgo.Handle(callback).Delete()
}
