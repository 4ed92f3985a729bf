package sidekick

/*
#include <sidekick.h>
*/
import "C"

import (
	"context"
	"errors"
)

// callUntilDone makes a call into C that is called off when the context ends; the error then wraps the context's. When
// it returns nothing goes on in the background.
func callUntilDone(ctx context.Context,
	function func(cancel *C.sidekick_cancel, failure **C.sidekick_error) C.sidekick_status) error {
	if err := contextError(ctx); err != nil {
		return err
	}
	if ctx.Done() == nil {
		return call(func(failure **C.sidekick_error) C.sidekick_status { return function(nil, failure) })
	}
	var cancel *C.sidekick_cancel
	err := call(func(failure **C.sidekick_error) C.sidekick_status { return C.sidekick_cancel_new(&cancel, failure) })
	if err != nil {
		return err
	}
	defer C.sidekick_cancel_free(cancel)
	defer triggerWhenDone(ctx, cancel)()
	err = call(func(failure **C.sidekick_error) C.sidekick_status { return function(cancel, failure) })
	var failed *Error
	if errors.As(err, &failed) && failed.Status == StatusCancelled {
		failed.wrapContext(ctx.Err())
	}
	return err
}

// triggerWhenDone triggers the cancellation when the context ends. What it returns ends that: the cancellation is not
// used any more then.
func triggerWhenDone(ctx context.Context, cancel *C.sidekick_cancel) (end func()) {
	triggered := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(triggered)
		C.sidekick_cancel_trigger(cancel, nil)
	})
	return func() {
		if !stop() {
			<-triggered
		}
	}
}
