package sidekick

import (
	"context"
	"errors"
	"io"
	"iter"
	"reflect"
)

// PredictSeq predicts rows as a sequence gives them, in bounded memory and with [WithMaxInFlight] requests in
// flight, and gives the predictions of a batch at a time, in the order of the rows. The sequence may go on
// for ever, and may fill the same rows again each time: they are copied before the next are asked for.
//
// A batch that fails is an error, which names its rows, in the place of its predictions; the others go on.
// Invalid rows, and a context that ends, end it: the last item is their error, after all that was
// in flight. Errors count rows over the whole sequence, what [Predictions.Failures] says counts within the
// batch.
//
// The loop over it can be left at any time: requests in flight are then cancelled, and everything is freed.
func (d *Deployment) PredictSeq(ctx context.Context, rows iter.Seq[*Rows]) iter.Seq2[*Predictions, error] {
	return d.predictBatches(ctx, func(yield func(*Rows, error) bool) {
		for rows := range rows {
			if !yield(rows, nil) {
				return
			}
		}
	})
}

// predictBatches predicts rows as a sequence gives them, each with the error of the row after them that does
// not fit, or nil. Such an error has its place among the predictions.
func (d *Deployment) predictBatches(ctx context.Context,
	batches iter.Seq2[*Rows, error]) iter.Seq2[*Predictions, error] {
	return func(yield func(*Predictions, error) bool) {
		stream, err := d.NewStream(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer stream.Close()
		order := ordered{yield: yield}
		for rows, misfit := range batches {
			for stream.Full() || len(order.misfits) > mostMisfits {
				if !order.give(stream.Next()) {
					return
				}
			}
			if err = stream.Push(rows); err != nil {
				break
			}
			if !order.push(rows.Len(), misfit) {
				return
			}
		}
		for predictions, err := range stream.Rest() {
			if !order.give(predictions, err) {
				return
			}
		}
		if order.give(nil, io.EOF) && err != nil {
			yield(nil, countedFrom(order.pushed+order.placed, err))
		}
	}
}

// PredictSeq predicts one row for each struct that a sequence gives, as [Rows.Struct] adds it, and gives the
// outputs as structs of the type Out, as [Decode] makes them, in the order of the inputs: in bounded memory,
// for a sequence of any length.
//
// Each struct has its Out, or its error. A batch that fails has one error for all its structs:
// [Error.RowsFirst] and [Error.RowsCount] say which. With [WithIsolateBadRows] each bad one has its own, and
// [Error.Row] says which; a struct that does not fit has its own, too, and its batch is sent without it.
// Otherwise a struct that does not fit, whose batch is not sent, ends the sequence, as a context that ends
// does: the last item is their error, after the results of all requests in flight. Errors count over the
// whole sequence.
//
// The loop over it can be left at any time: requests in flight are then cancelled, and everything is freed.
func PredictSeq[Out, In any](ctx context.Context, deployment *Deployment, inputs iter.Seq[In]) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		var none Out
		decoder, err := structDecoderOf(reflect.TypeFor[Out](), deployment.outputs.features)
		if err != nil {
			yield(none, err)
			return
		}
		first := 0
		for predictions, err := range deployment.predictBatches(ctx, batchesOf(deployment, inputs)) {
			if err != nil {
				if !yield(none, err) {
					return
				}
				first += rowsCount(err)
				continue
			}
			for decoded, err := range allOf[Out](&decoder, predictions) {
				if !yield(decoded, countedFrom(first, err)) {
					return
				}
			}
			first += predictions.sent()
			predictions.Close()
		}
	}
}

// batchesOf adds structs to rows, as many as go in one request, and always to the same rows. If bad rows are
// isolated, a batch ends before a struct that does not fit.
func batchesOf[In any](deployment *Deployment, inputs iter.Seq[In]) iter.Seq2[*Rows, error] {
	return func(yield func(*Rows, error) bool) {
		rows := deployment.NewRows()
		defer rows.Close()
		for input := range inputs {
			var misfit error
			if deployment.isolates {
				misfit = rows.tryStruct(&input)
			} else {
				rows.Struct(&input)
			}
			if rows.Len() < deployment.batchRows && rows.err == nil && misfit == nil {
				continue
			}
			if !yield(rows, misfit) {
				return
			}
			rows.Clear()
		}
		if rows.Len() > 0 {
			yield(rows, nil)
		}
	}
}

// rowsCount is how many rows had no predictions because of an error.
func rowsCount(err error) int {
	var failed *Error
	if !errors.As(err, &failed) {
		return 0
	}
	if failed.RowsCount == 0 && failed.Row >= 0 {
		return 1
	}
	return failed.RowsCount
}

// allOf gives each row that was sent, in their order: its outputs, or why the server called it bad. Nobody
// closed the predictions.
func allOf[Out any](decoder *structDecoder, predictions *Predictions) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		columns, failures, row := *predictions.columns.Load(), predictions.failures, 0
		for sent := range predictions.sent() {
			var decoded Out
			var err error
			if len(failures) > 0 && failures[0].Row == sent {
				err = failures[0]
				failures = failures[1:]
			} else {
				err = countedFrom(sent-row, decoder.decode(columns, row, reflect.ValueOf(&decoded).Elem()))
				row++
			}
			if !yield(decoded, err) {
				return
			}
		}
	}
}
