package sidekick

/*
#include <sidekick.h>
*/
import "C"

import (
	"context"
	"errors"
)

// callUntilDone makes a call into C that is cancelled when the context ends; the error then wraps the
// context's. When it returns nothing goes on in the background.
func callUntilDone(ctx context.Context,
	function func(cancel *C.sidekick_cancel, failure **C.sidekick_error) C.sidekick_status) error {
	if err := contextError(ctx); err != nil {
		return err
	}
	cancel, end, err := cancelWhenDone(ctx)
	if err != nil {
		return err
	}
	defer end()
	return callUnder(ctx, func(failure **C.sidekick_error) C.sidekick_status { return function(cancel, failure) })
}

// callUnder makes a call into C that a cancellation cancels when the context ends; the error then wraps the
// context's.
func callUnder(ctx context.Context, function func(failure **C.sidekick_error) C.sidekick_status) error {
	err := call(function)
	if err == nil {
		return nil
	}
	var failed *Error
	if errors.As(err, &failed) && failed.Status == StatusCancelled {
		failed.wrapContext(ctx)
	}
	return err
}

// cancelWhenDone makes a cancellation that is triggered when the context ends, or none for a context that
// cannot end. The function that is returned frees it.
func cancelWhenDone(ctx context.Context) (cancel *C.sidekick_cancel, end func(), err error) {
	if ctx.Done() == nil {
		return nil, func() {}, nil
	}
	err = call(func(failure **C.sidekick_error) C.sidekick_status { return C.sidekick_cancel_new(&cancel, failure) })
	if err != nil {
		return nil, nil, err
	}
	stop := triggerWhenDone(ctx, cancel)
	return cancel, func() {
		stop()
		C.sidekick_cancel_free(cancel)
	}, nil
}

// triggerWhenDone triggers the cancellation when the context ends. What it returns ends that: the
// cancellation is not used any more then.
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
