package sidekick

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// mostMisfits is how many errors of rows that do not fit wait for the predictions before them.
const mostMisfits = 128

// placedError is the error of a row that does not fit, and how many rows were sent before it.
type placedError struct {
	after int
	err   error
}

// ordered gives predictions and the errors of rows that were not sent in the order of the rows.
type ordered struct {
	yield   func(*Predictions, error) bool
	misfits []placedError
	// pushed is how many rows were sent, taken how many of them were given.
	pushed, taken int
	// placed is how many errors of rows that were not sent there were, given how many of them were given.
	placed, given int
}

// push notes that as many rows were sent, and the error of the one after them, if there is one. The error
// counts from the first of these rows.
func (o *ordered) push(rows int, err error) bool {
	if err != nil {
		o.misfits = append(o.misfits, placedError{o.pushed + rows, countedFrom(o.pushed+o.placed, err)})
		o.placed++
	}
	o.pushed += rows
	return o.giveMisfits()
}

// give gives what a stream returned, and the errors after it.
func (o *ordered) give(predictions *Predictions, err error) bool {
	if err == io.EOF {
		o.taken = o.pushed
		return o.giveMisfits()
	}
	if err != nil {
		o.taken += rowsCount(err)
		return o.yield(nil, movedBy(o.given, err)) && o.giveMisfits()
	}
	// Whoever takes them may close them.
	sent := predictions.sent()
	o.taken += sent
	return o.yield(predictions, nil) && o.giveMisfits()
}

func (o *ordered) giveMisfits() bool {
	for len(o.misfits) > 0 && o.misfits[0].after <= o.taken {
		err := o.misfits[0].err
		o.misfits = o.misfits[1:]
		o.given++
		if !o.yield(nil, err) {
			return false
		}
	}
	return true
}

// movedBy is the error of a request with its rows counted from further back.
func movedBy(rows int, err error) error {
	var found *Error
	err = countedFrom(rows, err)
	if rows == 0 || !errors.As(err, &found) || found.RowsFirst < 0 {
		return err
	}
	moved := *found
	moved.RowsFirst += rows
	last := found.RowsFirst + found.RowsCount - 1
	before := fmt.Sprintf("rows %d to %d", found.RowsFirst, last)
	after := fmt.Sprintf("rows %d to %d", moved.RowsFirst, last+rows)
	moved.Message = strings.Replace(found.Message, before, after, 1)
	return &moved
}

// tryStruct adds a row as [Rows.Struct] does. One that does not fit is taken back, and its error returned;
// any other mistake is kept.
func (r *Rows) tryStruct(row any) error {
	ended := r.ended
	err := r.Struct(row).Err()
	var found *Error
	if !errors.As(err, &found) || found.Row < 0 {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending, r.ended, r.next, r.err = r.pending[:0], ended, 0, nil
	r.err = r.exclusively(discardRow)
	return err
}
