package sidekick

import (
	"context"
	"errors"
	"io"
	"iter"
	"runtime"
	"sync"
	"unsafe"
)

// Stream is rows on their way to the server and predictions on their way back, in order and in bounded
// memory, for more rows than should be in memory at once. Push rows until the stream is full, take the next
// predictions, and so on; at the end take the rest:
//
//	for more(rows) {
//		for stream.Full() {
//			predictions, err := stream.Next()
//		}
//		err := stream.Push(rows)
//		rows.Clear()
//	}
//	for predictions, err := range stream.Rest() {
//	}
//
// [Deployment.PredictSeq] and [PredictSeq] do that for rows and structs that a sequence gives.
//
// With [WithMaxInFlight] above 1 it has up to that many threads of its own, which end with it. One goroutine
// at a time uses it; any can close it.
type Stream struct {
	handle  *handle
	ctx     context.Context
	outputs *outputs
	tokens  *tokenFailures
	yielder yielder
	// mu keeps goroutines that should not use it at once from doing harm.
	mu sync.Mutex
}

// NewStream makes a stream of predictions. When the context ends, requests in flight are cancelled: pushes,
// and all batches that are not predicted yet, fail with [StatusCancelled]. Close the stream when it is done
// with.
func (d *Deployment) NewStream(ctx context.Context) (*Stream, error) {
	defer runtime.KeepAlive(d)
	deployment, err := d.handle.acquire()
	if err != nil {
		return nil, err
	}
	object, free, err := openStream(ctx, deployment)
	if err != nil {
		d.handle.release()
		return nil, err
	}
	// The deployment is released when the stream is freed, whenever that is. What frees it must not lead to
	// the stream.
	owner := d.handle
	stream := &Stream{ctx: ctx, outputs: d.outputs, tokens: d.tokens}
	stream.handle = newHandle("the stream is closed", object, func(object unsafe.Pointer) {
		free(object)
		owner.release()
	})
	runtime.AddCleanup(stream, (*handle).drop, stream.handle)
	return stream, nil
}

// Push takes a copy of all rows, as requests of [WithBatchRows] rows and a smaller last one. It never waits
// for the server: while the stream is full it takes nothing and fails with [StatusStreamFull], else it takes
// them all, however many. A mistake in the rows is returned as [Deployment.Predict] returns it, and nothing
// is taken.
func (s *Stream) Push(rows *Rows) error {
	return s.use(func(stream unsafe.Pointer) error {
		lent, object, err := rows.lend()
		if err != nil {
			return err
		}
		defer lent.release()
		return pushRows(s.ctx, stream, object)
	})
}

// Full reports whether the stream holds as many batches as it may, twice [WithMaxInFlight]: predictions have
// to be taken before the next push. A closed stream is not full.
func (s *Stream) Full() (full bool) {
	s.use(func(stream unsafe.Pointer) error {
		full = isFull(stream)
		return nil
	})
	return full
}

// Next waits for the predictions of the next batch, in the order of the rows, and returns [io.EOF] if
// those of all rows were taken. An error is that of one batch, and counts its rows over all that were pushed:
// the next call goes on with the next batch. What [Predictions.Failures] and [Predictions.SentRow] say
// counts within the batch.
func (s *Stream) Next() (predictions *Predictions, err error) {
	err = s.use(func(stream unsafe.Pointer) error {
		s.yielder.yield()
		predictions, err = nextPredictions(s.ctx, stream, s.outputs)
		err = s.tokens.explain(err)
		return err
	})
	return predictions, err
}

// Rest goes through what is still to be taken, a batch each: its predictions, or its error. A loop that
// breaks leaves what comes after it in the stream.
func (s *Stream) Rest() iter.Seq2[*Predictions, error] {
	return func(yield func(*Predictions, error) bool) {
		for {
			predictions, err := s.Next()
			if err == io.EOF || !yield(predictions, err) || errors.Is(err, ErrClosed) {
				return
			}
		}
	}
}

// Close cancels the requests in flight and frees the stream, as soon as no call uses it any more. Later calls
// fail with [ErrClosed]. To close it again does nothing. It always returns nil.
func (s *Stream) Close() error {
	defer runtime.KeepAlive(s)
	s.handle.drop()
	return nil
}

// use makes a call with the stream, one at a time.
func (s *Stream) use(call func(stream unsafe.Pointer) error) error {
	defer runtime.KeepAlive(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	stream, err := s.handle.acquire()
	if err != nil {
		return err
	}
	defer s.handle.release()
	return call(stream)
}
