package sidekick_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"runtime"
	"slices"
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

type number struct {
	Number float64 `sidekick:"number"`
}

type reciprocal struct {
	Value float64 `sidekick:"reciprocal"`
}

// counting gives numbers from 1 to last, and notes in given how many it gave.
func counting(last int, given *int) iter.Seq[number] {
	return func(yield func(number) bool) {
		for *given = 1; *given <= last; *given++ {
			if !yield(number{float64(*given)}) {
				return
			}
		}
	}
}

func TestPredictSeqOfRows(t *testing.T) {
	for _, requests := range []int{1, 4} {
		deployment := reciprocals(t, 3, requests)
		rows, last := deployment.NewRows(), 0.0
		// The same rows each time, some of them more than a batch.
		sequence := func(yield func(*sidekick.Rows) bool) {
			for size := range 20 {
				rows.Clear()
				for range size {
					last++
					rows.Number("number", last).End()
				}
				if !yield(rows) {
					return
				}
			}
		}
		next := 1.0
		for predictions, err := range deployment.PredictSeq(context.Background(), sequence) {
			if err != nil {
				t.Fatal(err)
			}
			for _, number := range inverted(t, predictions) {
				if number != next {
					t.Fatalf("%v instead of %v", number, next)
				}
				next++
			}
		}
		if next != 191 {
			t.Error(next)
		}
	}
}

func TestPredictSeqOfRowsGoesOnBehindAFailedBatch(t *testing.T) {
	deployment := reciprocals(t, 2, 2)
	sequence := slices.Values([]*sidekick.Rows{numbered(deployment, 1, 2, 3, 4, 0), numbered(deployment, 6, 7)})
	var sizes []int
	for predictions, err := range deployment.PredictSeq(context.Background(), sequence) {
		if err != nil {
			if failed := failure(t, err, sidekick.StatusServer); failed.RowsFirst != 4 || failed.RowsCount != 1 {
				t.Errorf("%+v", failed)
			}
			sizes = append(sizes, 0)
			continue
		}
		sizes = append(sizes, predictions.Len())
	}
	if !slices.Equal(sizes, []int{2, 2, 0, 2}) {
		t.Error(sizes)
	}
}

func TestPredictSeqOfRowsEndsWithAMistake(t *testing.T) {
	deployment := reciprocals(t, 2, 1)
	sequence := slices.Values([]*sidekick.Rows{
		numbered(deployment, 1, 2, 3), numbered(deployment, 4).Text("number", "x").End(), numbered(deployment, 6),
	})
	count := 0
	var last error
	for predictions, err := range deployment.PredictSeq(context.Background(), sequence) {
		if last != nil {
			t.Error("the mistake was not the last item")
		}
		if last = err; err == nil {
			count += predictions.Len()
		}
	}
	failed := failure(t, last, sidekick.StatusFeatureType)
	if count != 3 || failed.Row != 4 || !strings.HasPrefix(failed.Message, `row 4: feature "number": `) {
		t.Errorf("%d predictions, %+v", count, failed)
	}
}

func TestPredictSeqOfStructs(t *testing.T) {
	for _, requests := range []int{1, 4} {
		deployment, given := reciprocals(t, 8, requests), 0
		answers := sidekick.PredictSeq[reciprocal](context.Background(), deployment, counting(300, &given))
		for range 2 { // a sequence can be gone through again
			count := 0
			for answer, err := range answers {
				if count++; err != nil || float32(answer.Value) != 1/float32(count) {
					t.Fatal(count, answer, err)
				}
				// It reads no further than it has to: what is held, what is being built, and the one that
				// made it full.
				if read := 8*(2*requests+1) + count; given > read {
					t.Fatalf("%d structs were read for %d answers", given, count)
				}
			}
			if count != 300 {
				t.Error(count)
			}
		}
	}
}

func TestPredictSeqSendsFullBatches(t *testing.T) {
	type size struct {
		Rows float64 `sidekick:"rows"`
	}
	for batchRows, options := range map[float64][]sidekick.Option{128: nil, 50: {sidekick.WithBatchRows(50)}} {
		given := 0
		var sizes []float64
		for answer, err := range sidekick.PredictSeq[size](context.Background(),
			open(t, "batch-size", options...), counting(270, &given)) {
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, answer.Rows)
		}
		if len(sizes) != 270 || sizes[0] != batchRows || sizes[199] != batchRows || sizes[269] == batchRows {
			t.Errorf("%v: %v", batchRows, sizes)
		}
	}
}

func TestPredictSeqGoesOnBehindAFailedBatch(t *testing.T) {
	deployment := reciprocals(t, 4, 3)
	inputs := make([]number, 30)
	for at := range inputs {
		inputs[at].Number = float64(at + 1)
	}
	inputs[9].Number = 0
	row := 0
	for answer, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment, slices.Values(inputs)) {
		if err != nil {
			failed := failure(t, err, sidekick.StatusServer)
			if failed.RowsFirst != 8 || failed.RowsCount != 4 || row != 8 || answer != (reciprocal{}) {
				t.Errorf("%+v", failed)
			}
			row += failed.RowsCount
			continue
		}
		if row++; float32(answer.Value) != 1/float32(row) {
			t.Error(row, answer)
		}
	}
	if row != 30 {
		t.Error(row)
	}
}

func TestPredictSeqIsolatesBadRows(t *testing.T) {
	type picture struct {
		File []byte `sidekick:"image"`
	}
	type mean struct {
		Mean float64 `sidekick:"mean"`
	}
	deployment := open(t, "single-image", sidekick.WithIsolateBadRows(true), sidekick.WithBatchRows(3))
	var inputs []picture
	for row := range 8 {
		inputs = append(inputs, picture{perhapsBroken(t, row == 4 || row == 5)})
	}
	row := 0
	for answer, err := range sidekick.PredictSeq[mean](context.Background(), deployment, slices.Values(inputs)) {
		if bad := row == 4 || row == 5; bad != (err != nil) || bad != (answer.Mean == 0) {
			t.Error(row, answer, err)
		}
		if err != nil {
			if failed := failure(t, err, sidekick.StatusServer); failed.Row != row {
				t.Errorf("row %d: %+v", row, failed)
			}
		}
		row++
	}
	if row != 8 {
		t.Error(row)
	}
}

// TestBrokenPicturesNameTheirRow has a server send images that are none, to every second row of a batch of
// two. It fails the second batch altogether.
func TestBrokenPicturesNameTheirRow(t *testing.T) {
	proxy := relay(t).(*httputil.ReverseProxy)
	batches := 0
	proxy.ModifyResponse = func(reply *http.Response) error {
		if reply.Request.Method == http.MethodPost {
			batches++
		}
		if batches == 2 {
			reply.StatusCode = http.StatusInternalServerError
		}
		body, err := io.ReadAll(reply.Body)
		last := bytes.LastIndex(body, []byte("iVBOR"))
		if last > 0 {
			copy(body[last+len("iVBORw0KGgo"):], "AAAAAAAAAA")
		}
		reply.Body = io.NopCloser(bytes.NewReader(body))
		return err
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	type answer struct {
		Grey image.Image `sidekick:"grey"`
		Last image.Image `sidekick:"picture"`
	}
	deployment := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(),
		server.URL+"/deployment/echo/forward",
		"echo-token", sidekick.WithBatchRows(2), sidekick.WithReplyGzip(false)))
	t.Cleanup(func() { deployment.Close() })
	inputs := []echoRow{echoRowOf(t), echoRowOf(t), echoRowOf(t), echoRowOf(t)}
	_, err := sidekick.PredictAll[answer](context.Background(), deployment, inputs[:2])
	if failed := failure(t, err, sidekick.StatusImage); failed.Row != 1 {
		t.Errorf("%+v", failed)
	}
	row := 0
	for _, err := range sidekick.PredictSeq[answer](context.Background(), deployment, slices.Values(inputs)) {
		if row == 0 {
			row += failure(t, err, sidekick.StatusHTTP).RowsCount
			continue
		}
		if row%2 == 0 && err != nil || row%2 == 1 && failure(t, err, sidekick.StatusImage).Row != row {
			t.Error(row, err)
		}
		row++
	}
	if row != 4 {
		t.Error(row)
	}
}

func TestPredictSeqEndsWithAStructThatDoesNotFit(t *testing.T) {
	deployment, given := reciprocals(t, 2, 2), 0
	endless := func(yield func(number) bool) {
		for input := range counting(1<<40, &given) {
			if given == 8 {
				input.Number = math.NaN()
			}
			if !yield(input) {
				return
			}
		}
	}
	count := 0
	var last error
	for _, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment, endless) {
		if last != nil {
			t.Error("the mistake was not the last item")
		}
		if last = err; err == nil {
			count++
		}
	}
	failed := failure(t, last, sidekick.StatusFeatureValue)
	if count != 6 || failed.Row != 7 || !strings.HasPrefix(failed.Message, `row 7: feature "number": `) {
		t.Errorf("%d answers, %+v", count, failed)
	}
}

func TestPredictSeqOfTypesThatDoNotFitSendsNothing(t *testing.T) {
	server, given := newStallingServer(t, "batch-size"), 0
	deployment := server.open(t)
	for _, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment, counting(1000, &given)) {
		failure(t, err, sidekick.StatusUnknownFeature)
	}
	for _, err := range sidekick.PredictSeq[int](context.Background(), deployment, counting(1000, &given)) {
		failure(t, err, sidekick.StatusArgument)
	}
	if given != 0 || server.waiting.Load() != 0 {
		t.Error(given, server.waiting.Load())
	}
	deployment.Close()
	type nothing struct{}
	for _, err := range sidekick.PredictSeq[nothing](context.Background(), deployment, counting(1000, &given)) {
		if !errors.Is(err, sidekick.ErrClosed) {
			t.Error(err)
		}
	}
}

// TestPredictSeqCanBeLeft breaks off an endless sequence, and finds nothing going on after it.
func TestPredictSeqCanBeLeft(t *testing.T) {
	const endless = 1 << 40
	deployment := reciprocals(t, 2, 16)
	goroutines, before := runtime.NumGoroutine(), threads(t)
	for leave := range 6 {
		count, given := 0, 0
		for _, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment,
			counting(endless, &given)) {
			if err != nil {
				t.Fatal(err)
			}
			if count++; count > leave {
				break
			}
		}
		if given > count+2*(2*16+1) {
			t.Errorf("%d structs were read for %d answers", given, count)
		}
	}
	eventually(t, func() bool { return runtime.NumGoroutine() <= goroutines })
	// The runtime starts threads of its own; those of the streams would be 96.
	if after := threads(t); after > before+40 {
		t.Errorf("%d threads, %d before", after, before)
	}
}

func TestPredictSeqCanBeLeftWhileRequestsAreHeldBack(t *testing.T) {
	server, given := newStallingServer(t, "batch-size"), 0
	deployment := server.open(t, sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(3))
	type nothing struct{}
	ctx := whenItHolds(server, 3)
	var err error
	for _, err = range sidekick.PredictSeq[nothing](ctx, deployment, counting(100, &given)) {
		break
	}
	if failed := calledOff(t, err, context.Canceled); failed.RowsFirst != 0 || failed.RowsCount != 1 {
		t.Errorf("%+v", failed)
	}
	eventually(t, func() bool { return server.left.Load() == 3 && server.connections.Load() == 0 })
}

func TestPredictSeqEndsWithItsContext(t *testing.T) {
	deployment, given := reciprocals(t, 2, 2), 0
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	answered, failed := 0, 0
	for _, err := range sidekick.PredictSeq[reciprocal](ctx, deployment, counting(1<<40, &given)) {
		if err != nil {
			calledOff(t, err, context.Canceled)
			failed++
			continue
		}
		if answered++; answered == 5 {
			cancel()
		}
	}
	if answered < 5 || failed == 0 {
		t.Error(answered, failed)
	}
}

func TestPredictSeqSurvivesAPanic(t *testing.T) {
	deployment, given := reciprocals(t, 2, 2), 0
	goroutines := runtime.NumGoroutine()
	func() {
		defer func() {
			if recover() != "stop" {
				t.Error("the panic did not come through")
			}
		}()
		for range sidekick.PredictSeq[reciprocal](context.Background(), deployment, counting(100, &given)) {
			panic("stop")
		}
	}()
	eventually(t, func() bool { return runtime.NumGoroutine() <= goroutines })
	predict(t, deployment, numbered(deployment, 1))
}
