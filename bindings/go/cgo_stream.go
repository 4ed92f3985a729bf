package sidekick

/*
#include <sidekick.h>
*/
import "C"

import (
	"context"
	"io"
	"unsafe"
)

// openStream makes a stream that ends with the context, and the function that frees it.
func openStream(ctx context.Context, deployment unsafe.Pointer) (unsafe.Pointer, func(unsafe.Pointer), error) {
	if err := contextError(ctx); err != nil {
		return nil, nil, err
	}
	cancel, end, err := cancelWhenDone(ctx)
	if err != nil {
		return nil, nil, err
	}
	var stream *C.sidekick_stream
	err = call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_stream_new((*C.sidekick_deployment)(deployment), cancel, &stream, failure)
	})
	if err != nil {
		end()
		return nil, nil, err
	}
	return unsafe.Pointer(stream), func(stream unsafe.Pointer) {
		C.sidekick_stream_free((*C.sidekick_stream)(stream))
		end()
	}, nil
}

// pushRows has a stream take a copy of rows.
func pushRows(ctx context.Context, stream, rows unsafe.Pointer) error {
	if err := contextError(ctx); err != nil {
		return err
	}
	return callUnder(ctx, func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_stream_push((*C.sidekick_stream)(stream), (*C.sidekick_rows)(rows), failure)
	})
}

func isFull(stream unsafe.Pointer) bool {
	return C.sidekick_stream_is_full((*C.sidekick_stream)(stream)) != 0
}

// nextPredictions waits for the predictions of a stream's next batch; io.EOF if all were taken.
func nextPredictions(ctx context.Context, stream unsafe.Pointer, outputs *outputs) (*Predictions, error) {
	var predictions *C.sidekick_predictions
	err := callUnder(ctx, func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_stream_next((*C.sidekick_stream)(stream), &predictions, failure)
	})
	if err != nil {
		return nil, err
	}
	if predictions == nil {
		return nil, io.EOF
	}
	return takePredictions(predictions, outputs)
}
