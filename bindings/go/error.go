package sidekick

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Status says what sort of thing went wrong. It is an error itself, so that errors.Is(err,
// sidekick.StatusTimeout) reports whether err is an [*Error] of that sort.
type Status int32

// The statuses of the C library.
const (
	// StatusArgument: the call itself is wrong, as a malformed URL or text that is not UTF-8.
	StatusArgument Status = 1
	// StatusInternal: a defect of the library; the message is worth a report.
	StatusInternal Status = 2
	// StatusMemory: memory for a large buffer could not be had.
	StatusMemory Status = 3
	// StatusFile: a file could not be read.
	StatusFile Status = 4
	// StatusStreamFull: a stream takes no rows before predictions were taken: see [Stream.Full].
	StatusStreamFull Status = 5

	// StatusUnknownFeature: no feature has the name given.
	StatusUnknownFeature Status = 10
	// StatusFeatureType: a value, or a reader, of another type than the feature's.
	StatusFeatureType Status = 11
	// StatusFeatureShape: a value of another shape than the feature's.
	StatusFeatureShape Status = 12
	// StatusFeatureValue: an invalid value: not finite, or not one of the categories.
	StatusFeatureValue Status = 13
	// StatusFeatureTwice: a feature given twice in one row.
	StatusFeatureTwice Status = 14
	// StatusRowIncomplete: a row that lacks features.
	StatusRowIncomplete Status = 15
	// StatusImage: bytes that are no image, or an image beyond the library's limits.
	StatusImage Status = 16
	// StatusNPY: bytes that are no .npy file.
	StatusNPY Status = 17

	// StatusConnect: no connection to the server could be made.
	StatusConnect Status = 20
	// StatusTLS: the server's certificate or handshake was not accepted.
	StatusTLS Status = 21
	// StatusTimeout: a time limit of an [Option] passed.
	StatusTimeout Status = 22
	// StatusNetwork: an established connection broke, or what came over it is not HTTP.
	StatusNetwork Status = 23
	// StatusCancelled: the context of the call or the stream ended. The error wraps [context.Canceled] or
	// [context.DeadlineExceeded].
	StatusCancelled Status = 24

	// StatusHTTP: an HTTP status other than 2xx without an error object of the Deployment API.
	StatusHTTP Status = 30
	// StatusServer: the server answered with an error object: see [Error.ServerCode].
	StatusServer Status = 31

	// StatusDescribe: what the URL describes is no deployment the library understands.
	StatusDescribe Status = 40
	// StatusReplyMalformed: a response whose body is malformed.
	StatusReplyMalformed Status = 41
	// StatusReplyRows: a response with fewer or more rows than were sent.
	StatusReplyRows Status = 42
	// StatusReplyOutput: a row of a response without one of the outputs.
	StatusReplyOutput Status = 43
	// StatusReplyType: a value of another form than the output's type has.
	StatusReplyType Status = 44
	// StatusReplyShape: a value of another shape than declared.
	StatusReplyShape Status = 45
	// StatusReplyEncoding: a value in a response whose encoding is invalid.
	StatusReplyEncoding Status = 46
	// StatusReplyTooLarge: a response beyond the size limit, see [WithReplyLimit].
	StatusReplyTooLarge Status = 47
)

// Groups of statuses, for [errors.Is].
var (
	// ErrInput: a value or a row is not what the deployment takes, or a reader not what it gives (statuses 10
	// to 17).
	ErrInput = errors.New("sidekick: the input is wrong")
	// ErrConnection: the server could not be asked (statuses 20 to 23).
	ErrConnection = errors.New("sidekick: the connection failed")
	// ErrServer: the server refused (statuses 30 and 31).
	ErrServer = errors.New("sidekick: the server refused")
	// ErrReply: the server's answer is not what it declared (statuses 40 to 47).
	ErrReply = errors.New("sidekick: the response is invalid")
)

// ErrClosed is wrapped by the errors of a [Deployment], a [Stream] and [Rows] that were closed.
var ErrClosed = errors.New("sidekick: closed")

// Error holds all that is known of what went wrong.
type Error struct {
	// Status is what sort of thing went wrong.
	Status Status
	// Message says on one line what went wrong and what to do. The token is never in it.
	Message string
	// HTTPStatus is that of the response the error came with; 0 if there was none.
	HTTPStatus int
	// ServerCode is the server's errorCode, such as "FeatureNotFound"; "" if it sent none.
	ServerCode string
	// ServerMessage is the server's errorMessage, text for people; "" if it sent none.
	ServerMessage string
	// Row is the row the error is about, counted from 0; -1 if it is about no single row.
	Row int
	// RowsFirst is the first row of the request that failed, counted from 0 over all rows of the call or the
	// stream; -1 if no request of rows did.
	RowsFirst int
	// RowsCount is how many rows the request that failed had; 0 if no request of rows did.
	RowsCount int
	// Feature is the name of the input or output the error is about; "" if it is about none.
	Feature string
	// Attempts is how many times a request was sent.
	Attempts int
	// Retryable reports whether the same call may succeed later.
	Retryable bool

	cause error
}

// Error is the message.
func (e *Error) Error() string { return "sidekick: " + e.Message }

// Unwrap is the context's error if the context ended (with its [context.Cause], if that is another),
// [ErrClosed] if something was closed, the system's error (a [syscall.Errno], such as one that is
// [io/fs.ErrNotExist]) for a file error, that of an [io.Reader], that of a [TokenCallback], and else nil.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is the error's status or the group of its status.
func (e *Error) Is(target error) bool {
	return target == error(e.Status) || target == e.Status.group()
}

// Timeout reports whether a time limit passed: one of an [Option], or the deadline of the context.
func (e *Error) Timeout() bool {
	return e.Status == StatusTimeout || errors.Is(e.cause, context.DeadlineExceeded)
}

// Error is the status as text, as "sidekick: Timeout".
func (s Status) Error() string { return "sidekick: " + s.String() }

func (s Status) group() error {
	switch {
	case s >= 10 && s < 20:
		return ErrInput
	case s >= 20 && s < StatusCancelled:
		return ErrConnection
	case s >= 30 && s < 40:
		return ErrServer
	case s >= 40 && s < 50:
		return ErrReply
	}
	return nil
}

// newError is an error that this package finds before the C library would.
func newError(status Status, format string, arguments ...any) *Error {
	return &Error{Status: status, Message: fmt.Sprintf(format, arguments...), Row: -1, RowsFirst: -1}
}

// newInputError is an error about a value of a row.
func newInputError(status Status, row int, feature, format string, arguments ...any) *Error {
	err := newRowError(status, row, "feature %q: %s", feature, fmt.Sprintf(format, arguments...))
	err.Feature = feature
	return err
}

// newRowError is an error about a row.
func newRowError(status Status, row int, format string, arguments ...any) *Error {
	err := newError(status, "row %d: %s", row, fmt.Sprintf(format, arguments...))
	err.Row = row
	return err
}

// countedFrom is an error that counts its row from further back: a row's place among some becomes its place
// among all.
func countedFrom(first int, err error) error {
	if err == nil {
		return nil
	}
	var found *Error
	if !errors.As(err, &found) || found.Row < 0 {
		return err
	}
	counted := *found
	counted.Row += first
	message := strings.TrimPrefix(found.Message, fmt.Sprintf("row %d: ", found.Row))
	counted.Message = fmt.Sprintf("row %d: %s", counted.Row, message)
	return &counted
}

// contextError is nil while the context lasts.
func contextError(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	err := newError(StatusCancelled, "the call was cancelled")
	err.wrapContext(ctx)
	return err
}

// wrapContext makes the context's error the cause, and the reason with which the context was cancelled.
func (e *Error) wrapContext(ctx context.Context) {
	e.cause = ctx.Err()
	e.Message += ": " + e.cause.Error()
	if reason := context.Cause(ctx); reason != e.cause {
		e.Message += ": " + reason.Error()
		e.cause = endedContext{e.cause, reason}
	}
}

// endedContext is a context's error and the reason for it.
type endedContext struct{ ended, reason error }

// Error is both, one after the other.
func (e endedContext) Error() string { return e.ended.Error() + ": " + e.reason.Error() }

// Unwrap is both.
func (e endedContext) Unwrap() []error { return []error{e.ended, e.reason} }
