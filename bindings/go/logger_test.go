package sidekick_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// logBuffer is what a logger wrote, from any goroutine.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newLogger(level slog.Level) (*slog.Logger, *logBuffer) {
	written := new(logBuffer)
	return slog.New(slog.NewTextHandler(written, &slog.HandlerOptions{Level: level})), written
}

func TestALoggerHearsOfOpening(t *testing.T) {
	logger, written := newLogger(slog.LevelInfo)
	url := deploymentURL("language") + "?key=secret-token"
	deployment, err := sidekick.Open(context.Background(), url, "language-token", sidekick.WithLogger(logger))
	if err == nil {
		defer deployment.Close()
	}
	works(t, deploymentURL("batch-size"), sidekick.WithLogger(logger))
	text := written.String()
	for _, part := range []string{
		`level=INFO msg="sidekick: a deployment is open"`, "path=/deployment/batch-size/forward",
		"inputs=1", "outputs=1", `protocol="Deployment API"`, "status 200", "duration=",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %s", part, text)
		}
	}
	if showsToken(text) || strings.Contains(text, "level=DEBUG") {
		t.Error(text)
	}
}

func TestALoggerHearsOfRetries(t *testing.T) {
	logger, written := newLogger(slog.LevelWarn)
	failure(t, try(refusing(t), sidekick.WithLogger(logger), sidekick.WithRetries(1)), sidekick.StatusConnect)
	text := written.String()
	if strings.Count(text, "level=WARN") != 1 || strings.Count(text, "level=ERROR") != 1 || showsToken(text) {
		t.Error(text)
	}
}

func TestALoggerIsTakenBack(t *testing.T) {
	logger, written := newLogger(slog.LevelDebug)
	works(t, deploymentURL("batch-size"), sidekick.WithLogger(logger), sidekick.WithLogger(nil))
	works(t, deploymentURL("batch-size"), sidekick.WithLogger(logger), sidekick.WithLogCallback(nil))
	if text := written.String(); text != "" {
		t.Error(text)
	}
}
