package sidekick_test

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"libsidekick.dev/go/sidekick"
)

// reciprocals opens a deployment that gives 1 / number, and fails for 0.
func reciprocals(t testing.TB, batchRows, requests int, options ...sidekick.Option) *sidekick.Deployment {
	t.Helper()
	options = append(options, sidekick.WithBatchRows(batchRows), sidekick.WithMaxInFlight(requests))
	return open(t, "reciprocal", options...)
}

func newStream(t testing.TB, ctx context.Context, deployment *sidekick.Deployment) *sidekick.Stream {
	t.Helper()
	stream := must[*sidekick.Stream](t)(deployment.NewStream(ctx))
	t.Cleanup(func() { stream.Close() })
	return stream
}

func numbered(deployment *sidekick.Deployment, numbers ...float64) *sidekick.Rows {
	rows := deployment.NewRows()
	for _, number := range numbers {
		rows.Number("number", number).End()
	}
	return rows
}

func push(t testing.TB, stream *sidekick.Stream, rows *sidekick.Rows) {
	t.Helper()
	if err := stream.Push(rows); err != nil {
		t.Fatal(err)
	}
}

// inverted are the numbers whose reciprocals were predicted.
func inverted(t testing.TB, predictions *sidekick.Predictions) []float64 {
	t.Helper()
	numbers := slices.Clone(must[[]float64](t)(predictions.Numbers("reciprocal")))
	for at, number := range numbers {
		numbers[at] = math.Round(1 / number)
	}
	return numbers
}

// rest takes what a stream still gives: the numbers, and the errors in their places as nil.
func rest(t testing.TB, stream *sidekick.Stream) (batches [][]float64, failures []error) {
	t.Helper()
	for predictions, err := range stream.Rest() {
		if err != nil {
			batches, failures = append(batches, nil), append(failures, err)
			continue
		}
		batches = append(batches, inverted(t, predictions))
	}
	return batches, failures
}

// threads is how many the process has.
func threads(t testing.TB) int {
	t.Helper()
	return len(must[[]os.DirEntry](t)(os.ReadDir("/proc/self/task")))
}

func TestStreamKeepsTheOrder(t *testing.T) {
	for _, requests := range []int{1, 4} {
		deployment := reciprocals(t, 8, requests)
		stream, rows := newStream(t, context.Background(), deployment), deployment.NewRows()
		var got, expected []float64
		for number := range 300 {
			expected = append(expected, float64(number+1))
			rows.Number("number", float64(number+1)).End()
			if rows.Len() < 8 && number < 299 {
				continue
			}
			for stream.Full() {
				got = append(got, inverted(t, must[*sidekick.Predictions](t)(stream.Next()))...)
			}
			push(t, stream, rows)
			rows.Clear()
		}
		batches, failures := rest(t, stream)
		if got = append(got, slices.Concat(batches...)...); !slices.Equal(got, expected) || failures != nil {
			t.Errorf("%d requests: %v, %v", requests, got, failures)
		}
		if _, err := stream.Next(); err != io.EOF {
			t.Error(err)
		}
	}
}

func TestFullStreamTakesNothing(t *testing.T) {
	deployment := reciprocals(t, 2, 1)
	stream, rows := newStream(t, context.Background(), deployment), numbered(deployment, 1, 2, 3, 4)
	if predictions, err := stream.Next(); predictions != nil || err != io.EOF || stream.Full() {
		t.Error(predictions, err)
	}
	push(t, stream, rows)
	if failed := failure(t, stream.Push(rows), sidekick.StatusStreamFull); !stream.Full() || failed.Retryable {
		t.Errorf("%+v", failed)
	}
	got := inverted(t, must[*sidekick.Predictions](t)(stream.Next()))
	if !slices.Equal(got, []float64{1, 2}) || stream.Full() {
		t.Error(got)
	}
	push(t, stream, numbered(deployment, 5))
	if batches, _ := rest(t, stream); len(batches) != 2 ||
		!slices.Equal(slices.Concat(batches...), []float64{3, 4, 5}) {
		t.Error(batches)
	}
	push(t, stream, deployment.NewRows())
	if _, err := stream.Next(); err != io.EOF {
		t.Error("no rows made a batch:", err)
	}
	push(t, stream, numbered(deployment, 6))
	if batches, _ := rest(t, stream); !slices.Equal(slices.Concat(batches...), []float64{6}) {
		t.Error("a stream ended for ever:", batches)
	}
}

func TestFailedBatchHasItsOwnError(t *testing.T) {
	for _, requests := range []int{1, 3} {
		deployment := reciprocals(t, 2, requests)
		stream := newStream(t, context.Background(), deployment)
		push(t, stream, numbered(deployment, 1, 2, 3, 0, 5, 6, 0))
		batches, failures := rest(t, stream)
		if !slices.EqualFunc(batches, [][]float64{{1, 2}, nil, {5, 6}, nil}, slices.Equal) || len(failures) != 2 {
			t.Fatal(batches, failures)
		}
		first, last := failure(t, failures[0], sidekick.StatusServer), failure(t, failures[1], sidekick.StatusServer)
		if first.RowsFirst != 2 || first.RowsCount != 2 || first.Attempts != 1 || last.RowsFirst != 6 ||
			last.RowsCount != 1 {
			t.Errorf("%+v, %+v", first, last)
		}
	}
}

func TestRestCanBeLeft(t *testing.T) {
	deployment := reciprocals(t, 1, 2)
	stream := newStream(t, context.Background(), deployment)
	push(t, stream, numbered(deployment, 1, 2, 3))
	for predictions := range stream.Rest() {
		if got := inverted(t, predictions); got[0] != 1 {
			t.Error(got)
		}
		break
	}
	if batches, _ := rest(t, stream); !slices.Equal(slices.Concat(batches...), []float64{2, 3}) {
		t.Error(batches)
	}
}

func TestStreamRefusesRowsWithMistakes(t *testing.T) {
	deployment := reciprocals(t, 1, 1)
	stream := newStream(t, context.Background(), deployment)
	rows := numbered(deployment, 1).Text("number", "2").End()
	if failed := failure(t, stream.Push(rows), sidekick.StatusFeatureType); failed.Row != 1 {
		t.Errorf("%+v", failed)
	}
	failure(t, stream.Push(numbered(reciprocals(t, 1, 1), 1)), sidekick.StatusArgument)
	open := numbered(deployment, 1).Number("number", 2)
	failure(t, stream.Push(open), sidekick.StatusRowIncomplete)
	open.Close()
	if err := stream.Push(open); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
	if _, err := stream.Next(); err != io.EOF {
		t.Error(err)
	}
}

func TestStreamIsolatesBadRows(t *testing.T) {
	deployment := open(t, "single-image", sidekick.WithIsolateBadRows(true), sidekick.WithBatchRows(3))
	stream, rows := newStream(t, context.Background(), deployment), deployment.NewRows()
	for row := range 6 {
		rows.EncodedImage(deployment.Inputs()[0].Name, perhapsBroken(t, row == 4)).End()
	}
	push(t, stream, rows)
	whole, part := must[*sidekick.Predictions](t)(stream.Next()), must[*sidekick.Predictions](t)(stream.Next())
	if whole.Len() != 3 || len(whole.Failures()) != 0 {
		t.Error(whole.Len(), whole.Failures())
	}
	if part.Len() != 2 || len(part.Failures()) != 1 || part.Failures()[0].Row != 1 || part.SentRow(1) != 2 {
		t.Error(part.Len(), part.Failures())
	}
}

// perhapsBroken is an image whose head is good; if it is broken, the server alone finds that it breaks
// off.
func perhapsBroken(t testing.TB, broken bool) []byte {
	file := encoded(t, colours())
	if broken {
		damage(file)
	}
	return file
}

// damage changes a byte of a PNG file's last samples. Its parts are all there: the server alone, which
// decodes, finds it.
func damage(file []byte) {
	file[len(file)-20] ^= 0xff
}

func TestStreamIsCalledOff(t *testing.T) {
	for _, requests := range []int{1, 3} {
		server := newStallingServer(t, "batch-size")
		deployment := server.open(t, sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(requests))
		stream := newStream(t, whenItHolds(server, int32(requests)), deployment)
		push(t, stream, numbered(deployment, 1, 2, 3, 4))
		_, failures := rest(t, stream)
		if len(failures) != 4 {
			t.Fatal(failures)
		}
		for row, err := range failures {
			if failed := calledOff(t, err, context.Canceled); failed.RowsFirst != row || failed.RowsCount != 1 {
				t.Errorf("%+v", failed)
			}
		}
		calledOff(t, stream.Push(numbered(deployment, 5)), context.Canceled)
		eventually(t, func() bool { return server.left.Load() == int32(requests) && server.connections.Load() == 0 })
		server.letGo()
		if predict(t, deployment, numbered(deployment, 1)).Len() != 1 {
			t.Error("the deployment ended with its stream")
		}
	}
}

func TestStreamOfAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	_, err := open(t, "batch-size").NewStream(ctx)
	calledOff(t, err, context.DeadlineExceeded)
}

func TestClosingAStreamCallsOffWhatIsUnderWay(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	deployment := server.open(t, sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(3))
	stream := newStream(t, context.Background(), deployment)
	push(t, stream, numbered(deployment, 1, 2, 3, 4, 5))
	server.waits(t, 3)
	stream.Close()
	eventually(t, func() bool { return server.left.Load() == 3 && server.connections.Load() == 0 })
	if sent := server.waiting.Load(); sent != 3 {
		t.Errorf("%d requests", sent)
	}
}

func TestUseOfAClosedStream(t *testing.T) {
	deployment := reciprocals(t, 1, 1)
	stream := newStream(t, context.Background(), deployment)
	push(t, stream, numbered(deployment, 1, 2))
	for range 2 {
		if stream.Close() != nil {
			t.Error("closing failed")
		}
	}
	if err := stream.Push(numbered(deployment, 1)); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
	if _, err := stream.Next(); !errors.Is(err, sidekick.ErrClosed) || stream.Full() {
		t.Error(err)
	}
	if batches, failures := rest(t, stream); len(batches) != 1 || !errors.Is(failures[0], sidekick.ErrClosed) {
		t.Error(batches, failures)
	}
}

func TestCloseDoesNotWaitForNext(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	deployment := server.open(t, sidekick.WithBatchRows(1))
	stream := newStream(t, context.Background(), deployment)
	push(t, stream, numbered(deployment, 1, 2))
	result := make(chan error)
	go func() {
		_, err := stream.Next()
		result <- err
	}()
	server.waits(t, 1)
	stream.Close()
	server.letGo()
	if err := <-result; err != nil {
		t.Error(err)
	}
	if _, err := stream.Next(); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
}

func TestStreamKeepsItsDeployment(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	server.letGo()
	deployment := server.open(t, sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(2))
	stream := newStream(t, context.Background(), deployment)
	rows := numbered(deployment, 1, 2, 3)
	deployment.Close()
	runtime.GC()
	push(t, stream, rows)
	for range 3 {
		must[*sidekick.Predictions](t)(stream.Next())
	}
	if server.connections.Load() == 0 {
		t.Error("the connections ended before the stream")
	}
	stream.Close()
	eventually(t, func() bool { return server.connections.Load() == 0 })
	_, err := deployment.NewStream(context.Background())
	if failure(t, err, sidekick.StatusArgument); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
}

// TestGoroutinesThatUseOneStream is what should not be done, and must do no harm.
func TestGoroutinesThatUseOneStream(t *testing.T) {
	deployment := reciprocals(t, 1, 2)
	stream := newStream(t, context.Background(), deployment)
	var calls sync.WaitGroup
	start(&calls, 4, func() {
		rows := numbered(deployment, 1)
		for range 10 {
			if err := stream.Push(rows); err != nil && !errors.Is(err, sidekick.StatusStreamFull) {
				t.Error(err)
			}
			if _, err := stream.Next(); err != nil && err != io.EOF {
				t.Error(err)
			}
		}
	})
	calls.Wait()
}

func TestForgottenStreamsEnd(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	deployment := server.open(t, sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(2))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 5 {
		push(t, must[*sidekick.Stream](t)(deployment.NewStream(ctx)), numbered(deployment, 1, 2))
	}
	eventually(t, func() bool { return server.waiting.Load() > 0 })
	eventually(t, func() bool {
		runtime.GC()
		return server.connections.Load() == 0 && server.left.Load() == server.waiting.Load()
	})
}

// TestStreamsLeaveNothingBehind finds no goroutine, thread or file descriptor left over, however streams end.
func TestStreamsLeaveNothingBehind(t *testing.T) {
	deployment := open(t, "batch-size", sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(8),
		sidekick.WithKeepAlive(0, 0))
	rows := numbered(deployment, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	descriptors := func() int { return len(must[[]os.DirEntry](t)(os.ReadDir("/proc/self/fd"))) }
	round := func(wait time.Duration) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stream := must[*sidekick.Stream](t)(deployment.NewStream(ctx))
		defer stream.Close()
		push(t, stream, rows)
		time.AfterFunc(wait, cancel)
		if _, err := stream.Next(); err != nil {
			calledOff(t, err, context.Canceled)
		}
	}
	round(time.Second)
	goroutines, before, open := runtime.NumGoroutine(), threads(t), descriptors()
	for wait := range 30 {
		round(time.Duration(wait) * 200 * time.Microsecond)
	}
	eventually(t, func() bool { return runtime.NumGoroutine() <= goroutines && descriptors() <= open })
	// The runtime starts threads of its own; those of the streams would be 240.
	if after := threads(t); after > before+40 {
		t.Errorf("%d threads, %d before", after, before)
	}
}
