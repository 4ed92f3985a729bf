package sidekick_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"libsidekick.dev/go/sidekick"
)

func TestTokenCallback(t *testing.T) {
	server := newWatchedServer(t, relay(t)).start()
	var asked []bool
	works(t, server.url, sidekick.WithTokenCallback(func(refused bool) (string, error) {
		asked = append(asked, refused)
		// The first token has expired.
		if len(asked) == 1 {
			return "old-token", nil
		}
		return "batch-size-token", nil
	}))
	if len(asked) != 3 || asked[0] || !asked[1] || asked[2] {
		t.Error(asked)
	}
	var sent []string
	for _, request := range server.seen() {
		sent = append(sent, request.Header.Get("Authorization"))
	}
	if strings.Join(sent, ", ") != "Bearer old-token, Bearer batch-size-token, Bearer batch-size-token" {
		t.Error(sent)
	}
}

func TestATokenCallbackThatFails(t *testing.T) {
	for why, callback := range map[string]sidekick.TokenCallback{
		"no token today": func(bool) (string, error) { return "token", errors.New("no token today") },
		"UTF-8":          func(bool) (string, error) { return "\xff", nil },
	} {
		t.Run(why, func(t *testing.T) {
			err := try(deploymentURL("batch-size"), sidekick.WithTokenCallback(callback))
			if failed := failure(t, err, sidekick.StatusArgument); !strings.Contains(failed.Message, why) {
				t.Error(failed)
			}
		})
	}
}

func TestErrorsOfATokenCallbackAreWrapped(t *testing.T) {
	sealed, long := errors.New("the vault is sealed"), errors.New(strings.Repeat("ü", 1024))
	harmful := fmt.Errorf("asked:\t%w\r\n\x1b[0m\u2028", sealed)
	for _, given := range []error{sealed, harmful, long, errors.New("")} {
		failing := sidekick.WithTokenCallback(func(bool) (string, error) { return "", given })
		_, err := sidekick.Open(context.Background(), deploymentURL("batch-size"), "", failing)
		if failure(t, err, sidekick.StatusArgument); !errors.Is(err, given) {
			t.Errorf("%v is not %v", err, given)
		}
	}
	asked := 0
	deployment := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), deploymentURL("batch-size"), "",
		sidekick.WithTokenCallback(func(bool) (string, error) {
			if asked++; asked == 1 {
				return "batch-size-token", nil
			}
			return "", fmt.Errorf("%w: %d", sealed, asked)
		})))
	defer deployment.Close()
	rows := deployment.NewRows().Number("number", 1).End()
	_, predicted := deployment.Predict(context.Background(), rows)
	_, posted := deployment.PostJSON(context.Background(), []byte("{}"))
	stream := must[*sidekick.Stream](t)(deployment.NewStream(context.Background()))
	defer stream.Close()
	pushed := stream.Push(rows)
	_, streamed := stream.Next()
	for at, err := range []error{predicted, posted, streamed} {
		if !errors.Is(err, sealed) || !strings.Contains(err.Error(), fmt.Sprint(at+2)) || pushed != nil {
			t.Error(at, err, pushed)
		}
	}
}

func TestTokenCallbackOnSeveralThreads(t *testing.T) {
	var asked atomic.Int32
	deployment := open(t, "batch-size", sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(4),
		sidekick.WithTokenCallback(func(bool) (string, error) {
			asked.Add(1)
			runtime.GC()
			return strings.Join([]string{"batch", "size", "token"}, "-"), nil
		}))
	rows := deployment.NewRows()
	for range 40 {
		rows.Number("number", 1).End()
	}
	if count := predict(t, deployment, rows).Len(); count != 40 || asked.Load() != 41 {
		t.Error(count, asked.Load())
	}
}

// TestCallbacksOnCaller finds that no callback runs while no call of the library does: a race, if one did.
func TestCallbacksOnCaller(t *testing.T) {
	tokens, lines := 0, 0
	deployment := open(t, "batch-size", sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(4),
		sidekick.WithCallbacksOnCaller(true),
		sidekick.WithTokenCallback(func(bool) (string, error) {
			tokens++
			return "batch-size-token", nil
		}),
		sidekick.WithLogCallback(func(sidekick.LogLevel, string) { lines++ }))
	rows := deployment.NewRows()
	for range 40 {
		rows.Number("number", 1).End()
	}
	if count := predict(t, deployment, rows).Len(); count != 40 || tokens != 41 || lines < 82 {
		t.Error(count, tokens, lines)
	}
}

func TestLogCallback(t *testing.T) {
	var mu sync.Mutex
	levels := map[sidekick.LogLevel]int{}
	hear := sidekick.WithLogCallback(func(level sidekick.LogLevel, message string) {
		mu.Lock()
		defer mu.Unlock()
		levels[level]++
		if message == "" || strings.Contains(message, "batch-size-token") {
			t.Error(message)
		}
	})
	works(t, deploymentURL("batch-size"), hear)
	if levels[sidekick.LogInfo] != 2 || levels[sidekick.LogDebug] == 0 || levels[sidekick.LogError] != 0 {
		t.Error(levels)
	}
	failure(t, try(refusing(t), hear, sidekick.WithRetries(1)), sidekick.StatusConnect)
	if levels[sidekick.LogWarning] != 1 || levels[sidekick.LogError] != 1 {
		t.Error(levels)
	}
}

func TestCallbacksThatAreTakenBack(t *testing.T) {
	works(t, deploymentURL("batch-size"),
		sidekick.WithTokenCallback(func(bool) (string, error) { return "", errors.New("asked") }),
		sidekick.WithLogCallback(func(_ sidekick.LogLevel, message string) { t.Error(message) }),
		sidekick.WithTokenCallback(nil), sidekick.WithLogCallback(nil))
}

// TestCallbacksAreLetGo finds that the callback of a deployment is garbage once the deployment is closed, or
// forgotten.
func TestCallbacksAreLetGo(t *testing.T) {
	var gone atomic.Int32
	use := func(closing bool) {
		held := new([1 << 10]byte)
		runtime.AddCleanup(held, func(int) { gone.Add(1) }, 0)
		deployment := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), deploymentURL("batch-size"), "",
			sidekick.WithTokenCallback(func(bool) (string, error) {
				return "batch-size-token" + string(held[:0]), nil
			})))
		if closing {
			deployment.Close()
		}
	}
	use(true)
	use(false)
	eventually(t, func() bool {
		runtime.GC()
		return gone.Load() == 2
	})
}
