package sidekick

import (
	"context"
	"log/slog"
	"net/url"
	"time"
)

// WithLogger logs what happens to connections and requests, and that a deployment was opened. The levels are
// those of [LogLevel]. The token is never in it. It takes the place of [WithLogCallback], and the rules for
// that function hold for the logger's handler. nil, the default, disables logging.
func WithLogger(logger *slog.Logger) Option {
	if logger == nil {
		return WithLogCallback(nil)
	}
	hear := WithLogCallback(func(level LogLevel, message string) {
		logger.Log(context.Background(), slogLevel(level), "sidekick: "+message)
	})
	return func(settings *settings) error {
		err := hear(settings)
		settings.logger = logger
		return err
	}
}

func slogLevel(level LogLevel) slog.Level {
	switch level {
	case LogError:
		return slog.LevelError
	case LogWarning:
		return slog.LevelWarn
	case LogInfo:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

// logOpened says where a deployment is, without what else a URL may have, such as a password.
func (d *Deployment) logOpened(ctx context.Context, logger *slog.Logger, address string, took time.Duration) {
	if logger == nil {
		return
	}
	where, err := url.Parse(address)
	if err != nil {
		where = &url.URL{}
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "sidekick: a deployment is open",
		slog.String("host", where.Host), slog.String("path", where.Path),
		slog.String("protocol", d.protocol.String()),
		slog.Int("inputs", len(d.inputs.list)), slog.Int("outputs", len(d.outputs.list)),
		slog.Duration("duration", took))
}
