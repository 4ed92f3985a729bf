package sidekick

/*
#include <sidekick.h>

int32_t sidekickGoToken(uintptr_t callback, int32_t refused, sidekick_token *token);
void sidekickGoLog(uintptr_t callback, int32_t level, char *message, size_t length);
void sidekickGoRelease(uintptr_t callback);

static int32_t ask_token(void *callback, int32_t refused, sidekick_token *token) {
	return sidekickGoToken((uintptr_t)callback, refused, token);
}

static void tell_log(void *callback, int32_t level, const char *message, size_t length) {
	sidekickGoLog((uintptr_t)callback, level, (char *)message, length);
}

static void release_callback(void *callback) { sidekickGoRelease((uintptr_t)callback); }

static sidekick_status set_token_callback(sidekick_options *options, uintptr_t callback, sidekick_error **error) {
	return sidekick_options_set_token_callback(options, ask_token, (void *)callback, release_callback, error);
}

static sidekick_status set_log_callback(sidekick_options *options, uintptr_t callback, sidekick_error **error) {
	return sidekick_options_set_log_callback(options, tell_log, (void *)callback, release_callback, error);
}
*/
import "C"

import (
	"log/slog"
	"runtime/cgo"
	"time"
	"unsafe"
)

// Option is a setting for [Open]. Open fails with [StatusArgument] for an invalid value.
type Option func(*settings) error

// settings are the C library's, for one call of [Open].
type settings struct {
	options *C.sidekick_options
	// batchRows is what [WithBatchRows] set, which C does not return.
	batchRows int
	// logger is that of [WithLogger], or nil.
	logger *slog.Logger
	// isolates is what [WithIsolateBadRows] set.
	isolates bool
	// tokens has what a token callback failed with.
	tokens *tokenFailures
}

// defaultBatchRows is what the C library takes for [WithBatchRows].
const defaultBatchRows = 128

// Wire is how tensors of the Open Inference Protocol are sent and asked for, for [WithWire].
type Wire int32

const (
	// WireAuto is bytes if the server lists that it takes them, or has answered with some; until then JSON.
	WireAuto Wire = C.SIDEKICK_WIRE_AUTO
	// WireBinary is bytes.
	WireBinary Wire = C.SIDEKICK_WIRE_BINARY
	// WireJSON is JSON.
	WireJSON Wire = C.SIDEKICK_WIRE_JSON
)

// TLSVersion is a version of TLS, for [WithTLSMinimum].
type TLSVersion int32

const (
	// TLS12 is TLS 1.2.
	TLS12 TLSVersion = C.SIDEKICK_TLS_1_2
	// TLS13 is TLS 1.3.
	TLS13 TLSVersion = C.SIDEKICK_TLS_1_3
)

// LogLevel says how much a log message matters: the smaller, the more.
type LogLevel int32

const (
	// LogError: a request failed for good, without a response, or with a status of 4xx or 5xx.
	LogError LogLevel = C.SIDEKICK_LOG_ERROR
	// LogWarning: an attempt failed and is made again.
	LogWarning LogLevel = C.SIDEKICK_LOG_WARNING
	// LogInfo: a request was answered.
	LogInfo LogLevel = C.SIDEKICK_LOG_INFO
	// LogDebug: a connection was made or used again.
	LogDebug LogLevel = C.SIDEKICK_LOG_DEBUG
)

// TokenCallback gives the token for a request. Refused says that the server has just answered 401 to the
// last one. An error fails the call that needs the token with [StatusArgument]; the call's error has its text
// in the message, and wraps it.
type TokenCallback func(refused bool) (string, error)

// LogCallback receives log lines. The token is never in it.
type LogCallback func(level LogLevel, message string)

// WithBatchRows sets how many rows [Deployment.Predict] and a [Stream] send in one request: at least 1, by
// default 128. Smaller batches bound memory and the server's work per request, larger ones save round trips.
func WithBatchRows(rows int) Option {
	set := setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_batch_rows(options, C.size_t(rows), failure)
	})
	return unsigned("WithBatchRows", func(settings *settings) error {
		settings.batchRows = rows
		return set(settings)
	}, rows)
}

// WithMaxInFlight sets how many requests of one [Deployment.Predict], or of one [Stream], are in flight at
// once: at least 1, which is the default. More than one starts that many threads, which end with the call or
// the stream.
func WithMaxInFlight(requests int) Option {
	return unsigned("WithMaxInFlight",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_max_in_flight(options, C.size_t(requests), failure)
		}), requests)
}

// WithConnectTimeout sets how long making a connection may take: by default 10 seconds; 0 means without
// limit. Beyond it calls fail with [StatusTimeout]. It counts in milliseconds, as all durations here; parts
// of one are rounded up.
func WithConnectTimeout(limit time.Duration) Option {
	return unsigned("WithConnectTimeout",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_connect_timeout(options, milliseconds(limit), failure)
		}), limit)
}

// WithResponseTimeout sets how long the server may be silent while it is sent to or read from: by default 120
// seconds; 0 means without limit. Beyond it calls fail with [StatusTimeout].
func WithResponseTimeout(limit time.Duration) Option {
	return unsigned("WithResponseTimeout",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_response_timeout(options, milliseconds(limit), failure)
		}), limit)
}

// WithCallTimeout sets how long one request may take with all its attempts and the waits between: by default,
// and with 0, there is no limit. Beyond it calls fail with [StatusTimeout]. A context's deadline limits a
// whole call.
func WithCallTimeout(limit time.Duration) Option {
	return unsigned("WithCallTimeout",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_call_timeout(options, milliseconds(limit), failure)
		}), limit)
}

// WithRetries sets how often a request is sent again, by default 2 times, if no connection could be made
// or it broke before a response began, and if the server answers 429, 502, 503 or 504.
func WithRetries(retries int) Option {
	return unsigned("WithRetries",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_retries(options, C.uint32_t(min(retries, 1<<32-1)), failure)
		}), retries)
}

// WithRetryBackoff sets the wait before the first retry (by default 100 milliseconds; doubled for each
// further one, less a random part of up to a half), and the ceiling of all waits (by default 30 seconds). A
// Retry-After header of the server counts instead; one beyond the ceiling ends the retries. The first wait
// cannot be above the ceiling.
func WithRetryBackoff(first, ceiling time.Duration) Option {
	return unsigned("WithRetryBackoff",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_retry_backoff(options, milliseconds(first), milliseconds(ceiling), failure)
		}), first, ceiling)
}

// WithCAFile trusts the certificates of a PEM file instead of the system's, which are the default. [Open]
// fails with [StatusFile] if it cannot be read.
func WithCAFile(path string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		path, length := cText(path)
		return C.sidekick_options_set_ca_file(options, path, length, failure)
	})
}

// WithCAPEM trusts the certificates of a PEM text instead of the system's, which are the default.
func WithCAPEM(pem []byte) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		pem, size := cBytes(pem)
		return C.sidekick_options_set_ca_pem(options, unsafe.Pointer(&pem[0]), size, failure)
	})
}

// WithClientCertificateFile shows the server a client certificate, from PEM files: the certificate with those
// of the intermediate authorities after it, and its key. By default none is shown. [Open] fails with [StatusFile]
// if one of them cannot be read.
func WithClientCertificateFile(certificatePath, keyPath string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		certificate, certificateLength := cText(certificatePath)
		key, keyLength := cText(keyPath)
		return C.sidekick_options_set_client_certificate_file(options, certificate, certificateLength, key,
			keyLength, failure)
	})
}

// WithClientCertificatePEM shows the server a client certificate, as [WithClientCertificateFile] does, from
// PEM texts.
func WithClientCertificatePEM(certificate, key []byte) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		certificate, certificateSize := cBytes(certificate)
		key, keySize := cBytes(key)
		return C.sidekick_options_set_client_certificate_pem(options, unsafe.Pointer(&certificate[0]),
			certificateSize, unsafe.Pointer(&key[0]), keySize, failure)
	})
}

// WithTLSMinimum sets the oldest version of TLS that is spoken: [TLS12], which is the default, or [TLS13].
func WithTLSMinimum(version TLSVersion) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_tls_minimum(options, C.int32_t(version), failure)
	})
}

// WithDangerousSkipTLSVerification takes, when true, any certificate for the server's: anybody on the way can
// then read the token and change the responses. For tests only. By default it is false, and certificates are
// checked.
func WithDangerousSkipTLSVerification(skip bool) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_dangerous_skip_tls_verification(options, cBool(skip), failure)
	})
}

// WithAllowTokenOverHTTP allows, when true, a URL that starts with http:// and is not of this machine, where
// anybody on the way can read the token. By default it is false, and [Open] refuses such a URL with
// [StatusArgument].
func WithAllowTokenOverHTTP(allow bool) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_allow_token_over_http(options, cBool(allow), failure)
	})
}

// WithHeader adds a header to every request; by default there is none. It goes where the token goes: to the
// deployment's server alone. It cannot be one that requests have of their own, such as Authorization, Host
// and Content-Type.
func WithHeader(name, value string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		name, nameLength := cText(name)
		value, valueLength := cText(value)
		return C.sidekick_options_add_header(options, name, nameLength, value, valueLength, failure)
	})
}

// WithUserAgentSuffix sets what follows sidekick/VERSION in the User-Agent header, such as "shop/2.1", in
// printable ASCII; by default nothing does.
func WithUserAgentSuffix(suffix string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		suffix, length := cText(suffix)
		return C.sidekick_options_set_user_agent_suffix(options, suffix, length, failure)
	})
}

// WithHostHeader sets the Host header of every request, by which an ingress chooses the model; empty, the
// default, for the URL's.
func WithHostHeader(host string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		host, length := cText(host)
		return C.sidekick_options_set_host_header(options, host, length, failure)
	})
}

// WithWire sets how tensors are sent to a server of the Open Inference Protocol: [WireAuto], which is the
// default, [WireBinary] or [WireJSON].
func WithWire(wire Wire) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_wire(options, C.int32_t(wire), failure)
	})
}

// WithProtocol sets the protocol in place of the one that the URL means: [ProtocolAuto], which is the
// default, [ProtocolDeploymentAPI] or [ProtocolOpenInference]. With the last a URL without /v2/models/NAME is
// that of the model itself.
func WithProtocol(protocol Protocol) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_protocol(options, C.int32_t(protocol), failure)
	})
}

// WithModelDescription describes a model of the Open Inference Protocol with a JSON document: what its
// metadata do not say, or say wrong. docs/model-description.md explains its keys. A mistake is a
// [StatusArgument] that names the key.
func WithModelDescription(json string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		json, length := cText(json)
		return C.sidekick_options_set_model_description(options, json, length, failure)
	})
}

// WithModelDescriptionFile describes a model, as [WithModelDescription] does, with a file. [Open] fails with
// [StatusFile] if it cannot be read.
func WithModelDescriptionFile(path string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		path, length := cText(path)
		return C.sidekick_options_set_model_description_file(options, path, length, failure)
	})
}

// WithReplyLimit sets how many bytes a response may have, compressed and uncompressed: at least 1, by default
// 1 GiB. A larger one fails with [StatusReplyTooLarge].
func WithReplyLimit(bytes int64) Option {
	return unsigned("WithReplyLimit",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_reply_limit(options, C.uint64_t(bytes), failure)
		}), bytes)
}

// WithMaxImagePixels sets how many pixels an image may have that is added as a file, or whose size or pixels
// are read from a response: at least 1, by default 64 * 1024 * 1024. The size that a file declares is
// compared before anything is decoded; a larger image fails with [StatusImage]. Since 0.2.
func WithMaxImagePixels(pixels int64) Option {
	return unsigned("WithMaxImagePixels",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_max_image_pixels(options, C.uint64_t(pixels), failure)
		}), pixels)
}

// WithApplyOrientation turns, when true, images that are added as files the way their metadata say they are
// to be shown; an image that is turned goes out as PNG. By default it is false, and pixels go out as stored.
// Since 0.2.
func WithApplyOrientation(apply bool) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_apply_orientation(options, cBool(apply), failure)
	})
}

// WithRequestGzip sends, when true, bodies of 1 KiB and more compressed with gzip, which the server has to
// understand. By default it is false, and they go out as they are.
func WithRequestGzip(pack bool) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_request_gzip(options, cBool(pack), failure)
	})
}

// WithReplyGzip lets, when true, which is the default, the server compress its responses with gzip.
func WithReplyGzip(allow bool) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_reply_gzip(options, cBool(allow), failure)
	})
}

// WithIsolateBadRows finds, when true, the rows that the server calls bad (status 400, 413 or 422), by
// sending halves of their request again until each stands alone: the others are predicted all the same, and
// Predictions.Failures has the bad ones. [PredictSeq] then also goes on after a struct that does not fit. By
// default the whole call fails.
func WithIsolateBadRows(isolate bool) Option {
	set := setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_isolate_bad_rows(options, cBool(isolate), failure)
	})
	return func(settings *settings) error {
		settings.isolates = isolate
		return set(settings)
	}
}

// WithIsolateStatus500 counts, when true and with [WithIsolateBadRows], status 500 as a refusal of the rows,
// too: Triton, MLServer and KServe answer so if the model itself fails at a row. By default it is false.
// Since 0.2.
func WithIsolateStatus500(isolate bool) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_isolate_status_500(options, cBool(isolate), failure)
	})
}

// WithKeepAlive sets how many idle connections a deployment keeps (by default 64), and for how long (by
// default 4 seconds: below the 5 after which common servers close them). With 0 of either every request makes
// its own connection.
func WithKeepAlive(connections int, idle time.Duration) Option {
	return unsigned("WithKeepAlive",
		setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_options_set_keep_alive(options, C.size_t(connections), milliseconds(idle), failure)
		}), time.Duration(connections), idle)
}

// WithProxy sets the proxy, http://[user:password@]host:port, which is asked to CONNECT, or socks5:// with
// the same after it, which is left to look up the server's name; "" means none. By default the environment
// names it, in http_proxy, https_proxy and all_proxy or their capitals, when a deployment is opened; loopback
// addresses and localhost are asked without the environment's proxy.
func WithProxy(url string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		url, length := cText(url)
		return C.sidekick_options_set_proxy(options, url, length, failure)
	})
}

// WithNoProxy sets which hosts are asked without the proxy, by default those of the environment's no_proxy:
// names (which stand for their sub-domains too), addresses, networks such as 10.0.0.0/8, or *, separated by
// commas.
func WithNoProxy(hosts string) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		hosts, length := cText(hosts)
		return C.sidekick_options_set_no_proxy(options, hosts, length, failure)
	})
}

// WithTokenCallback asks a function for the token before every request, and once more if the server
// answers 401, for tokens that expire; the token given to [Open] is not used then. By default, and with nil,
// that one is. The function may be called on several goroutines at once. It must not panic, nor call back
// into the deployment.
func WithTokenCallback(callback TokenCallback) Option {
	return func(settings *settings) error {
		return call(func(failure **C.sidekick_error) C.sidekick_status {
			if callback == nil {
				return C.sidekick_options_set_token_callback(settings.options, nil, nil, nil, failure)
			}
			source := cgo.NewHandle(&tokenSource{callback, settings.tokens})
			return C.set_token_callback(settings.options, C.uintptr_t(source), failure)
		})
	}
}

// WithLogCallback sets a function that is called with what happens to connections and requests; nil, the
// default, disables logging. The function may be called on several goroutines at once. It must not
// panic, nor call back into the deployment.
func WithLogCallback(callback LogCallback) Option {
	set := setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		if callback == nil {
			return C.sidekick_options_set_log_callback(options, nil, nil, nil, failure)
		}
		return C.set_log_callback(options, C.uintptr_t(cgo.NewHandle(callback)), failure)
	})
	return func(settings *settings) error {
		settings.logger = nil
		return set(settings)
	}
}

// WithCallbacksOnCaller says whether callbacks run only on the goroutines that are inside a call of this
// library; by default the library's own threads call them, too. With [WithMaxInFlight] above 1, those threads
// pass their callbacks on to the goroutine in [Deployment.Predict], or to the one that uses the [Stream]. A
// request of a stream that needs a token waits for that, within its time limits.
func WithCallbacksOnCaller(onCaller bool) Option {
	return setting(func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_set_callbacks_on_caller(options, cBool(onCaller), failure)
	})
}

// setting is an option that is one call into C.
func setting(set func(options *C.sidekick_options, failure **C.sidekick_error) C.sidekick_status) Option {
	return func(settings *settings) error {
		return call(func(failure **C.sidekick_error) C.sidekick_status { return set(settings.options, failure) })
	}
}

// unsigned refuses negative numbers for an option, which C has no room for.
func unsigned[N int | int64 | time.Duration](name string, option Option, numbers ...N) Option {
	for _, number := range numbers {
		if number < 0 {
			return func(*settings) error { return newError(StatusArgument, "%s: %v is negative", name, number) }
		}
	}
	return option
}

// milliseconds rounds up, so that a short limit does not become 0, which is none.
func milliseconds(duration time.Duration) C.uint64_t {
	whole := duration / time.Millisecond
	if duration%time.Millisecond > 0 {
		whole++
	}
	return C.uint64_t(whole)
}

func cBool(value bool) C.int32_t {
	if value {
		return 1
	}
	return 0
}

// newSettings makes settings of their options; free has to follow.
func newSettings(options []Option) (*settings, error) {
	made := &settings{batchRows: defaultBatchRows, tokens: new(tokenFailures)}
	err := call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_options_new(&made.options, failure)
	})
	if err != nil {
		return nil, err
	}
	for _, option := range options {
		if err := option(made); err != nil {
			made.free()
			return nil, err
		}
	}
	return made, nil
}

func (s *settings) free() { C.sidekick_options_free(s.options) }
