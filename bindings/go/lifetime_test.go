package sidekick_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"libsidekick.dev/go/sidekick"
)

// relay passes requests on to the server beside which the tests run.
func relay(t testing.TB) http.Handler {
	return httputil.NewSingleHostReverseProxy(must[*url.URL](t)(url.Parse(os.Getenv("SIDEKICK_SERVER_URL"))))
}

// stallingServer passes requests on to a deployment, and holds predictions back until it is let go or their
// client leaves.
type stallingServer struct {
	url                        string
	waiting, left, connections atomic.Int32
	letGo                      func()
}

func newStallingServer(t *testing.T, id string) *stallingServer {
	deployments, gate := relay(t), make(chan struct{})
	stalling := &stallingServer{letGo: sync.OnceFunc(func() { close(gate) })}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(reply http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodPost {
			// That the client leaves is seen once its request was read.
			body, _ := io.ReadAll(request.Body)
			request.Body = io.NopCloser(bytes.NewReader(body))
			stalling.waiting.Add(1)
			select {
			case <-gate:
			case <-request.Context().Done():
				stalling.left.Add(1)
				return
			}
		}
		deployments.ServeHTTP(reply, request)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			stalling.connections.Add(1)
		case http.StateClosed:
			stalling.connections.Add(-1)
		}
	}
	server.Start()
	stalling.url = server.URL + "/deployment/" + id + "/forward"
	t.Cleanup(server.Close)
	t.Cleanup(stalling.letGo)
	return stalling
}

// open opens the deployment of the server.
func (s *stallingServer) open(t *testing.T, options ...sidekick.Option) *sidekick.Deployment {
	deployment := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), s.url, "batch-size-token",
		options...))
	t.Cleanup(func() { deployment.Close() })
	return deployment
}

// waits waits until so many requests are held back.
func (s *stallingServer) waits(t *testing.T, requests int32) {
	t.Helper()
	eventually(t, func() bool { return s.waiting.Load() == requests })
}

// predictStalled predicts a row whose request is with the server when this returns; the result comes when the
// server is let go.
func predictStalled(t *testing.T) (*stallingServer, *sidekick.Deployment, *sidekick.Rows, chan error) {
	server := newStallingServer(t, "batch-size")
	deployment := server.open(t)
	rows := deployment.NewRows().Number("number", 1).End()
	result := make(chan error)
	go func() {
		_, err := deployment.Predict(context.Background(), rows)
		result <- err
	}()
	server.waits(t, 1)
	return server, deployment, rows, result
}

func TestRowsCannotChangeWhileTheyArePredicted(t *testing.T) {
	server, deployment, rows, result := predictStalled(t)
	if rows.Err() != nil {
		t.Error(rows.Err())
	}
	failure(t, rows.Number("number", 2).Err(), sidekick.StatusArgument)
	rows.Clear()
	failure(t, rows.Err(), sidekick.StatusArgument)
	server.letGo()
	if err := <-result; err != nil {
		t.Error(err)
	}
	rows.Clear()
	if count := predict(t, deployment, rows.Number("number", 1).End().Number("number", 2).End()).Len(); count != 2 {
		t.Error(count)
	}
}

func TestCloseDoesNotWaitForAPrediction(t *testing.T) {
	server, deployment, rows, result := predictStalled(t)
	// The server holds the prediction back: what waited for it would not return.
	deployment.Close()
	rows.Close()
	_, err := deployment.Predict(context.Background(), rows)
	if failure(t, err, sidekick.StatusArgument); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
	rows.Clear()
	if err := rows.Number("number", 1).Err(); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
	runtime.GC()
	server.letGo()
	if err := <-result; err != nil {
		t.Error(err)
	}
}

func TestCloseTwiceAndUseAfterwards(t *testing.T) {
	deployment := open(t, "batch-size")
	rows := deployment.NewRows().Number("number", 1).End()
	predictions := predict(t, deployment, rows)
	for range 2 {
		if deployment.Close() != nil {
			t.Error("closing failed")
		}
	}
	_, err := deployment.Predict(context.Background(), rows)
	if failure(t, err, sidekick.StatusArgument); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
	_, err = deployment.PostJSON(context.Background(), nil)
	failure(t, err, sidekick.StatusArgument)
	if err := deployment.NewRows().Number("number", 1).Err(); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
	late := deployment.NewRows()
	late.Clear()
	if err := late.Err(); !errors.Is(err, sidekick.ErrClosed) || late.Close() != nil {
		t.Error(err)
	}
	// Features, rows and predictions outlive it.
	if len(deployment.Inputs()) != 1 || rows.Number("number", 2).End().Err() != nil {
		t.Error("the rows ended with their deployment")
	}
	if sizes := must[[]float64](t)(predictions.Numbers("rows")); sizes[0] != 1 {
		t.Error(sizes)
	}
	rows.Close()
	rows.Close()
	rows.Clear()
	if err := rows.Number("number", 3).Err(); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
}

// start runs a body in several goroutines.
func start(running *sync.WaitGroup, count int, body func()) {
	running.Add(count)
	for range count {
		go func() {
			defer running.Done()
			body()
		}()
	}
}

func TestCloseWhileCallsRun(t *testing.T) {
	for range 20 {
		deployment := must[*sidekick.Deployment](t)(
			sidekick.Open(context.Background(), deploymentURL("batch-size"), "batch-size-token"))
		rows := deployment.NewRows().Number("number", 1).End()
		var calls sync.WaitGroup
		start(&calls, 4, func() {
			var err error
			for err == nil {
				_, err = deployment.Predict(context.Background(), rows)
			}
			if !errors.Is(err, sidekick.ErrClosed) {
				t.Error(err)
			}
		})
		time.Sleep(time.Millisecond)
		start(&calls, 3, func() { deployment.Close() })
		calls.Wait()
		rows.Close()
	}
}

func TestManyGoroutines(t *testing.T) {
	deployment := open(t, "echo")
	shared := deployment.NewRows()
	addEcho(shared, 0)
	var calls sync.WaitGroup
	start(&calls, 16, func() {
		rows := deployment.NewRows()
		addEcho(rows, 0)
		addEcho(rows, 1)
		for range 5 {
			checkEcho(t, predict(t, deployment, rows), 2)
			checkEcho(t, predict(t, deployment, shared), 1)
		}
	})
	calls.Wait()
}

func TestForgottenDeploymentsCloseTheirConnections(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	for range 10 {
		must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.url, "batch-size-token"))
	}
	if server.connections.Load() == 0 {
		t.Error("the server saw no connections")
	}
	eventually(t, func() bool {
		runtime.GC()
		return server.connections.Load() == 0
	})
}

// leakRounds is how often the leak test opens, fills, predicts and forgets; less often if the garbage
// collector runs around each call.
var leakRounds = map[bool]int{false: 4000, true: 100}[sidekick.Stressed]

// leakBound is how much memory may come to stay. The C library's allocator keeps some for each thread; a
// deployment that is not freed holds more than 100 KiB, so that even a twentieth of them would be seen.
const leakBound = 16 << 20

// TestForgottenObjectsLeaveMemoryFlat opens deployments and makes rows and predictions without closing
// anything: three objects a round.
func TestForgottenObjectsLeaveMemoryFlat(t *testing.T) {
	openPredictForget(t, leakRounds/4)
	before := residentBytes(t)
	openPredictForget(t, leakRounds)
	after := residentBytes(t)
	t.Logf("resident memory: %d KiB before, %d KiB after %d objects", before>>10, after>>10, 3*leakRounds)
	if after-before > leakBound {
		t.Errorf("%d objects left %d bytes behind", 3*leakRounds, after-before)
	}
}

func openPredictForget(t *testing.T, rounds int) {
	for round := range rounds {
		deployment := must[*sidekick.Deployment](t)(
			sidekick.Open(context.Background(), deploymentURL("batch-size"), "batch-size-token",
				sidekick.WithBatchRows(1000)))
		rows := deployment.NewRows()
		for number := range 1000 {
			rows.Number("number", float64(number)).End()
		}
		predict(t, deployment, rows)
		if round%20 == 0 {
			runtime.GC()
		}
	}
}

// residentBytes is how much memory the process has after the garbage was collected.
func residentBytes(t *testing.T) int {
	for range 3 {
		runtime.GC()
		time.Sleep(20 * time.Millisecond)
	}
	var size, resident int
	text := string(must[[]byte](t)(os.ReadFile("/proc/self/statm")))
	if _, err := fmt.Sscan(strings.TrimSpace(text), &size, &resident); err != nil {
		t.Fatal(err)
	}
	return resident * os.Getpagesize()
}
