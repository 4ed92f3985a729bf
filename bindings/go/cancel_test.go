package sidekick_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"libsidekick.dev/go/sidekick"
)

// silentServer takes connections and never answers. The channels report each when it is there, and when its
// client closed it.
func silentServer(t *testing.T) (address string, opened, closed chan struct{}) {
	listener := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	t.Cleanup(func() { listener.Close() })
	opened, closed = make(chan struct{}, 100), make(chan struct{}, 100)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				opened <- struct{}{}
				io.Copy(io.Discard, connection)
				closed <- struct{}{}
			}()
		}
	}()
	return listener.Addr().String(), opened, closed
}

// calledOff checks that an error is that of a context that ended.
func calledOff(t testing.TB, err, cause error) *sidekick.Error {
	t.Helper()
	failed := failure(t, err, sidekick.StatusCancelled)
	if !errors.Is(err, cause) || errors.Is(err, sidekick.ErrConnection) || failed.Retryable {
		t.Errorf("%+v", failed)
	}
	return failed
}

func TestOpenIsCalledOff(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		address, opened, closed := silentServer(t)
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			<-opened
			cancel()
		}()
		_, err := sidekick.Open(ctx, scheme+"://"+address+"/forward", "token")
		calledOff(t, err, context.Canceled)
		select {
		case <-closed:
		case <-time.After(10 * time.Second):
			t.Error("the connection is open")
		}
	}
}

// whenItHolds is a context that is cancelled when the server holds so many requests back, or has not for a
// minute.
func whenItHolds(server *stallingServer, requests int32) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		for wait := 0; wait < 60_000 && server.waiting.Load() < requests; wait++ {
			time.Sleep(time.Millisecond)
		}
	}()
	return ctx
}

func TestPredictIsCalledOff(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	deployment := server.open(t)
	rows := deployment.NewRows().Number("number", 1).End()
	_, err := deployment.Predict(whenItHolds(server, 1), rows)
	calledOff(t, err, context.Canceled)
	eventually(t, func() bool { return server.left.Load() == 1 && server.connections.Load() == 0 })
	// Rows and deployment are as they were.
	server.letGo()
	if count := predict(t, deployment, rows.Number("number", 2).End()).Len(); count != 2 {
		t.Error(count)
	}
}

func TestAllRequestsOfAPredictionAreCalledOff(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	deployment := server.open(t, sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(3))
	rows := deployment.NewRows()
	for number := range 9 {
		rows.Number("number", float64(number)).End()
	}
	_, err := deployment.Predict(whenItHolds(server, 3), rows)
	calledOff(t, err, context.Canceled)
	eventually(t, func() bool { return server.left.Load() == 3 && server.connections.Load() == 0 })
	if sent := server.waiting.Load(); sent != 3 {
		t.Errorf("%d requests", sent)
	}
}

func TestPostIsCalledOff(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	_, err := server.open(t).PostJSON(whenItHolds(server, 1), []byte(`{"rows": [{"number": 1}]}`))
	calledOff(t, err, context.Canceled)
	eventually(t, func() bool { return server.left.Load() == 1 })
}

func TestTheWaitBeforeARetryIsCalledOff(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	// The test would run out of time first.
	_, err := sidekick.Open(ctx, refusing(t), "token", sidekick.WithRetryBackoff(time.Hour, time.Hour))
	calledOff(t, err, context.DeadlineExceeded)
}

func TestAnEndedContextSendsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := sidekick.Open(ctx, "http://127.0.0.1:1/forward", "token")
	calledOff(t, err, context.Canceled)
	deployment := open(t, "batch-size")
	_, err = deployment.Predict(ctx, deployment.NewRows().Number("number", 1).End())
	if failed := calledOff(t, err, context.Canceled); failed.RowsFirst != -1 || failed.Attempts != 0 {
		t.Errorf("%+v", failed)
	}
	_, err = deployment.PostJSON(ctx, []byte("{}"))
	calledOff(t, err, context.Canceled)
}

// TestContextsThatEndAtAnyTime lets contexts end around the moment their call does, and finds no file
// descriptor left over.
func TestContextsThatEndAtAnyTime(t *testing.T) {
	deployment := open(t, "batch-size", sidekick.WithKeepAlive(0, 0))
	descriptors := func() int { return len(must[[]os.DirEntry](t)(os.ReadDir("/proc/self/fd"))) }
	before := descriptors()
	var calls sync.WaitGroup
	start(&calls, 4, func() {
		rows := deployment.NewRows().Number("number", 1).End()
		for round := range 100 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(round)*50*time.Microsecond)
			if _, err := deployment.Predict(ctx, rows); err != nil {
				calledOff(t, err, context.DeadlineExceeded)
			}
			cancel()
		}
		rows.Close()
	})
	calls.Wait()
	if after := descriptors(); after > before {
		t.Errorf("%d file descriptors, %d before", after, before)
	}
}
