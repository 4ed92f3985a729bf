package sidekick_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"libsidekick.dev/go/sidekick"
)

// watchedServer passes requests on to a deployment, and keeps what they were like.
type watchedServer struct {
	*httptest.Server
	url         string
	connections atomic.Int32

	mu       sync.Mutex
	requests []*http.Request
}

func newWatchedServer(t *testing.T, handler http.Handler) *watchedServer {
	watched := &watchedServer{}
	watched.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(
		reply http.ResponseWriter, request *http.Request,
	) {
		watched.mu.Lock()
		watched.requests = append(watched.requests, request.Clone(context.Background()))
		watched.mu.Unlock()
		handler.ServeHTTP(reply, request)
	}))
	watched.Config.ErrorLog = log.New(io.Discard, "", 0)
	watched.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			watched.connections.Add(1)
		}
	}
	t.Cleanup(watched.Close)
	return watched
}

func (w *watchedServer) start() *watchedServer {
	w.Start()
	w.url = w.URL + "/deployment/batch-size/forward"
	return w
}

// startTLS starts the server with a certificate of its own, which it returns with its key.
func (w *watchedServer) startTLS(t *testing.T, config *tls.Config) (certificate, key []byte) {
	certificate, key = newCertificate(t)
	config.Certificates = []tls.Certificate{must[tls.Certificate](t)(tls.X509KeyPair(certificate, key))}
	w.TLS = config
	w.StartTLS()
	w.url = w.URL + "/deployment/batch-size/forward"
	return certificate, key
}

// seen are the requests so far.
func (w *watchedServer) seen() []*http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// try opens a deployment and predicts some rows.
func try(url string, options ...sidekick.Option) error {
	deployment, err := sidekick.Open(context.Background(), url, "batch-size-token", options...)
	if err != nil {
		return err
	}
	defer deployment.Close()
	rows := deployment.NewRows()
	defer rows.Close()
	for range 100 {
		rows.Number("number", 0.123456789).End()
	}
	_, err = deployment.Predict(context.Background(), rows)
	return err
}

// works fails the test if try fails.
func works(t *testing.T, url string, options ...sidekick.Option) {
	t.Helper()
	if err := try(url, options...); err != nil {
		t.Fatal(err)
	}
}

// refusing is the URL of a port where nobody listens.
func refusing(t *testing.T) string {
	listener := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer listener.Close()
	return "http://" + listener.Addr().String() + "/forward"
}

// answering gives every request the same answer.
func answering(status int, headers ...string) http.Handler {
	return http.HandlerFunc(func(reply http.ResponseWriter, _ *http.Request) {
		for at := 0; at < len(headers); at += 2 {
			reply.Header().Set(headers[at], headers[at+1])
		}
		reply.WriteHeader(status)
	})
}

// contextsDo are setters that Go programs need no option for: contexts do what they do.
var contextsDo = []string{"sidekick_options_set_signal_callback("} // signal.NotifyContext

// TestEverySettingIsAnOption looks for the C header's setters in options.go.
func TestEverySettingIsAnOption(t *testing.T) {
	header := string(must[[]byte](t)(os.ReadFile(os.Getenv("SIDEKICK_INCLUDE_DIR") + "/sidekick.h")))
	source := string(must[[]byte](t)(os.ReadFile("options.go")))
	setters := regexp.MustCompile(`sidekick_options_(set|add)_\w+\(`).FindAllString(header, -1)
	for _, setter := range setters {
		if !strings.Contains(source, "C."+setter) && !slices.Contains(contextsDo, setter) {
			t.Errorf("no option calls %s)", setter)
		}
	}
	if len(setters) < 20 {
		t.Error(setters)
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.pem")
	for name, wrong := range map[string]struct {
		option sidekick.Option
		status sidekick.Status
	}{
		"no rows":             {sidekick.WithBatchRows(0), sidekick.StatusArgument},
		"negative rows":       {sidekick.WithBatchRows(-1), sidekick.StatusArgument},
		"no requests":         {sidekick.WithMaxInFlight(0), sidekick.StatusArgument},
		"negative requests":   {sidekick.WithMaxInFlight(-1), sidekick.StatusArgument},
		"negative connect":    {sidekick.WithConnectTimeout(-1), sidekick.StatusArgument},
		"negative response":   {sidekick.WithResponseTimeout(-1), sidekick.StatusArgument},
		"negative call":       {sidekick.WithCallTimeout(-1), sidekick.StatusArgument},
		"negative retries":    {sidekick.WithRetries(-1), sidekick.StatusArgument},
		"first above ceiling": {sidekick.WithRetryBackoff(time.Second, time.Millisecond), sidekick.StatusArgument},
		"negative backoff":    {sidekick.WithRetryBackoff(-1, time.Second), sidekick.StatusArgument},
		"no CA file":          {sidekick.WithCAFile(missing), sidekick.StatusFile},
		"no CA":               {sidekick.WithCAPEM([]byte("x")), sidekick.StatusArgument},
		"no CA at all":        {sidekick.WithCAPEM(nil), sidekick.StatusArgument},
		"no client files":     {sidekick.WithClientCertificateFile(missing, missing), sidekick.StatusFile},
		"no client": {sidekick.WithClientCertificatePEM([]byte("x"), []byte("y")),
			sidekick.StatusArgument},
		"no version of TLS":      {sidekick.WithTLSMinimum(11), sidekick.StatusArgument},
		"a header of its own":    {sidekick.WithHeader("Authorization", "x"), sidekick.StatusArgument},
		"a header of two lines":  {sidekick.WithHeader("X-Tenant", "a\nb"), sidekick.StatusArgument},
		"suffix":                 {sidekick.WithUserAgentSuffix("ä"), sidekick.StatusArgument},
		"host":                   {sidekick.WithHostHeader("a b"), sidekick.StatusArgument},
		"wire":                   {sidekick.WithWire(3), sidekick.StatusArgument},
		"no reply":               {sidekick.WithReplyLimit(0), sidekick.StatusArgument},
		"negative reply":         {sidekick.WithReplyLimit(-1), sidekick.StatusArgument},
		"no pixels":              {sidekick.WithMaxImagePixels(0), sidekick.StatusArgument},
		"negative pixels":        {sidekick.WithMaxImagePixels(-1), sidekick.StatusArgument},
		"negative connections":   {sidekick.WithKeepAlive(-1, time.Second), sidekick.StatusArgument},
		"negative idle time":     {sidekick.WithKeepAlive(1, -1), sidekick.StatusArgument},
		"proxy of another kind":  {sidekick.WithProxy("ftp://127.0.0.1:1"), sidekick.StatusArgument},
		"proxy that is not text": {sidekick.WithProxy("\xff"), sidekick.StatusArgument},
	} {
		t.Run(name, func(t *testing.T) { failure(t, try(deploymentURL("batch-size"), wrong.option), wrong.status) })
	}
}

func TestMaxInFlight(t *testing.T) {
	server := newStallingServer(t, "batch-size")
	deployment := server.open(t, sidekick.WithBatchRows(1), sidekick.WithMaxInFlight(3))
	rows := deployment.NewRows().Number("number", 1).End().Number("number", 2).End().Number("number", 3).End()
	held := make(chan int32, 1)
	context.AfterFunc(whenItHolds(server, 3), func() {
		held <- server.waiting.Load()
		server.letGo()
	})
	if count := predict(t, deployment, rows).Len(); count != 3 {
		t.Error(count)
	}
	if requests := <-held; requests != 3 {
		t.Errorf("%d requests at once", requests)
	}
}

func TestTimeLimits(t *testing.T) {
	for says, limited := range map[string]struct {
		scheme string
		option sidekick.Option
	}{
		// The handshake of TLS is part of making a connection. Parts of a millisecond are not none.
		"1 ms, the limit of the option connect_timeout": {"https", sidekick.WithConnectTimeout(time.Microsecond)},
		"50 ms, the limit of the option response_timeout": {"http",
			sidekick.WithResponseTimeout(50*time.Millisecond - 1)},
		"50 ms, the limit of the option call_timeout": {"http", sidekick.WithCallTimeout(50 * time.Millisecond)},
	} {
		t.Run(says, func(t *testing.T) {
			address, _, _ := silentServer(t)
			err := try(limited.scheme+"://"+address+"/forward", sidekick.WithRetries(0), limited.option)
			if failed := failure(t, err, sidekick.StatusTimeout); !strings.Contains(failed.Message, says) {
				t.Error(failed)
			}
		})
	}
}

func TestRetries(t *testing.T) {
	for _, retries := range []int{0, 4} {
		server := newWatchedServer(t, answering(503)).start()
		err := try(server.url, sidekick.WithRetries(retries),
			sidekick.WithRetryBackoff(time.Millisecond, time.Millisecond))
		if failed := failure(t, err, sidekick.StatusHTTP); failed.Attempts != retries+1 ||
			len(server.seen()) != retries+1 {
			t.Errorf("%+v", failed)
		}
	}
}

func TestRetryBackoff(t *testing.T) {
	begin := time.Now()
	err := try(refusing(t), sidekick.WithRetries(1), sidekick.WithRetryBackoff(time.Second, time.Second))
	if failure(t, err, sidekick.StatusConnect); time.Since(begin) < 500*time.Millisecond {
		t.Errorf("it waited only %v", time.Since(begin))
	}
	server := newWatchedServer(t, answering(503, "Retry-After", "2")).start()
	err = try(server.url, sidekick.WithRetryBackoff(time.Millisecond, time.Second))
	if failed := failure(t, err, sidekick.StatusHTTP); failed.Attempts != 1 {
		t.Errorf("%+v", failed)
	}
}

func TestTheRowsOfAFailedRequest(t *testing.T) {
	deployments, posts := relay(t), atomic.Int32{}
	server := newWatchedServer(t, http.HandlerFunc(func(reply http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodPost && posts.Add(1) == 3 {
			reply.WriteHeader(500)
			return
		}
		deployments.ServeHTTP(reply, request)
	})).start()
	failed := failure(t, try(server.url, sidekick.WithBatchRows(15)), sidekick.StatusHTTP)
	if failed.RowsFirst != 30 || failed.RowsCount != 15 || failed.Row != -1 || failed.Attempts != 1 {
		t.Errorf("%+v", failed)
	}
	failed = failure(t, try(refusing(t), sidekick.WithRetries(0)), sidekick.StatusConnect)
	if failed.RowsFirst != -1 || failed.RowsCount != 0 {
		t.Errorf("%+v", failed)
	}
}

// newCertificate is a certificate for servers on this machine that vouches for itself, and its key, as PEM.
func newCertificate(t *testing.T) (certificate, key []byte) {
	pair := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	signed := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, &pair.PublicKey, pair))
	encoded := must[[]byte](t)(x509.MarshalPKCS8PrivateKey(pair))
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func file(t *testing.T, content []byte) string {
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTrust(t *testing.T) {
	server := newWatchedServer(t, relay(t))
	certificate, _ := server.startTLS(t, &tls.Config{})
	if err := try(server.url); !errors.Is(err, sidekick.StatusTLS) {
		t.Error(err)
	}
	works(t, server.url, sidekick.WithCAPEM(certificate))
	works(t, server.url, sidekick.WithCAFile(file(t, certificate)))
	works(t, server.url, sidekick.WithDangerousSkipTLSVerification(true))
	failure(t, try(server.url, sidekick.WithDangerousSkipTLSVerification(false)), sidekick.StatusTLS)
}

func TestClientCertificate(t *testing.T) {
	server := newWatchedServer(t, relay(t))
	certificate, key := server.startTLS(t, &tls.Config{ClientAuth: tls.RequireAnyClientCert})
	trust := sidekick.WithCAPEM(certificate)
	if err := try(server.url, trust, sidekick.WithRetries(0)); !errors.Is(err, sidekick.ErrConnection) {
		t.Error(err)
	}
	works(t, server.url, trust, sidekick.WithClientCertificatePEM(certificate, key))
	works(t, server.url, trust, sidekick.WithClientCertificateFile(file(t, certificate), file(t, key)))
}

func TestTLSMinimum(t *testing.T) {
	server := newWatchedServer(t, relay(t))
	certificate, _ := server.startTLS(t, &tls.Config{MaxVersion: tls.VersionTLS12})
	works(t, server.url, sidekick.WithCAPEM(certificate), sidekick.WithTLSMinimum(sidekick.TLS12))
	failure(t, try(server.url, sidekick.WithCAPEM(certificate), sidekick.WithTLSMinimum(sidekick.TLS13)),
		sidekick.StatusTLS)
}

func TestAllowTokenOverHTTP(t *testing.T) {
	const elsewhere = "http://deployment.invalid/forward"
	direct := sidekick.WithProxy("")
	failed := failure(t, try(elsewhere, direct), sidekick.StatusArgument)
	if !strings.Contains(failed.Message, "allow_token_over_http") {
		t.Error(failed)
	}
	failure(t, try(elsewhere, direct, sidekick.WithRetries(0), sidekick.WithAllowTokenOverHTTP(true)),
		sidekick.StatusConnect)
}

func TestHeaders(t *testing.T) {
	server := newWatchedServer(t, relay(t)).start()
	works(t, server.url, sidekick.WithHeader("X-Tenant", "a"), sidekick.WithHeader("X-Api-Key", "b"),
		sidekick.WithUserAgentSuffix("shop/2.1"), sidekick.WithHostHeader("model.example"))
	for _, request := range server.seen() {
		if request.Host != "model.example" {
			t.Error(request.Host)
		}
		if request.Header.Get("X-Tenant") != "a" || request.Header.Get("X-Api-Key") != "b" {
			t.Error(request.Header)
		}
		if agent := request.UserAgent(); agent != "sidekick/"+sidekick.Version()+" shop/2.1" {
			t.Error(agent)
		}
	}
}

func TestReplyLimit(t *testing.T) {
	failure(t, try(deploymentURL("batch-size"), sidekick.WithReplyLimit(10)), sidekick.StatusReplyTooLarge)
	works(t, deploymentURL("batch-size"), sidekick.WithReplyLimit(100_000))
}

// What becomes of images is tested in C.
func TestImageOptions(t *testing.T) {
	image := must[[]byte](t)(os.ReadFile("../../tests/images/seven.jpg"))
	deployment := open(t, "echo", sidekick.WithMaxImagePixels(280*280-1), sidekick.WithApplyOrientation(true))
	rows := deployment.NewRows().EncodedImage("picture", image)
	defer rows.Close()
	failure(t, rows.Err(), sidekick.StatusImage)
	other := open(t, "echo", sidekick.WithMaxImagePixels(280*280), sidekick.WithApplyOrientation(false))
	taken := other.NewRows().EncodedImage("picture", image)
	defer taken.Close()
	if err := taken.Err(); err != nil {
		t.Fatal(err)
	}
}

// An image in a response is not decoded if it is larger than allowed.
func TestPicturesInResponsesAreBounded(t *testing.T) {
	decode := func(pixels int64) error {
		deployment := open(t, "echo", sidekick.WithMaxImagePixels(pixels))
		rows := deployment.NewRows()
		defer rows.Close()
		addEcho(rows, 1)
		pictures := must[[]sidekick.Picture](t)(predict(t, deployment, rows).Pictures("picture"))
		_, err := pictures[0].Decode()
		return err
	}
	failure(t, decode(15), sidekick.StatusImage)
	if err := decode(16); err != nil {
		t.Fatal(err)
	}
}

func TestRequestGzip(t *testing.T) {
	deployments := relay(t)
	server := newWatchedServer(t, http.HandlerFunc(func(reply http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Content-Encoding") == "gzip" {
			unpacked, err := gzip.NewReader(request.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body, err := io.ReadAll(unpacked)
			if err != nil {
				t.Error(err)
			}
			request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			request.Header.Del("Content-Encoding")
		}
		deployments.ServeHTTP(reply, request)
	})).start()
	works(t, server.url, sidekick.WithRequestGzip(true))
	works(t, server.url, sidekick.WithRequestGzip(false))
	if encoding := server.seen()[1].Header.Get("Content-Encoding"); encoding != "gzip" {
		t.Errorf("%q", encoding)
	}
	if encoding := server.seen()[3].Header.Get("Content-Encoding"); encoding != "" {
		t.Errorf("%q", encoding)
	}
}

func TestReplyGzip(t *testing.T) {
	server := newWatchedServer(t, relay(t)).start()
	works(t, server.url)
	works(t, server.url, sidekick.WithReplyGzip(false))
	for at, request := range server.seen() {
		if packed := strings.Contains(request.Header.Get("Accept-Encoding"), "gzip"); packed != (at < 2) {
			t.Errorf("request %d: %v", at, request.Header)
		}
	}
}

func TestKeepAlive(t *testing.T) {
	for _, kept := range []struct {
		option      sidekick.Option
		connections int32
	}{
		{sidekick.WithKeepAlive(1, time.Minute), 1},
		{sidekick.WithKeepAlive(0, time.Minute), 5},
		{sidekick.WithKeepAlive(1, 0), 5},
	} {
		server := newWatchedServer(t, relay(t)).start()
		works(t, server.url, kept.option, sidekick.WithBatchRows(25))
		if count := server.connections.Load(); count != kept.connections {
			t.Errorf("%d connections instead of %d", count, kept.connections)
		}
	}
}

func TestProxy(t *testing.T) {
	proxy := newWatchedServer(t, answering(407)).start()
	const elsewhere = "http://deployment.invalid/forward"
	if err := try(elsewhere, sidekick.WithProxy(proxy.URL), sidekick.WithNoProxy("")); err == nil {
		t.Error("the proxy was not asked")
	}
	if seen := proxy.seen(); len(seen) == 0 || seen[0].Method != http.MethodConnect ||
		seen[0].Host != "deployment.invalid:80" {
		t.Error(seen)
	}
	nobody := sidekick.WithProxy(strings.TrimSuffix(refusing(t), "/forward"))
	failure(t, try(deploymentURL("batch-size"), nobody, sidekick.WithNoProxy(""), sidekick.WithRetries(0)),
		sidekick.StatusConnect)
	works(t, deploymentURL("batch-size"), nobody, sidekick.WithNoProxy("example.com,127.0.0.0/8"))
}

func TestProxyOfTheEnvironment(t *testing.T) {
	t.Setenv("http_proxy", strings.TrimSuffix(refusing(t), "/forward"))
	t.Setenv("no_proxy", "")
	const elsewhere = "http://deployment.invalid/forward"
	failed := failure(t, try(elsewhere, sidekick.WithRetries(0)), sidekick.StatusConnect)
	if text := failed.Error(); !strings.Contains(text, "deployment.invalid:80 through the proxy 127.0.0.1:") ||
		!strings.Contains(text, "(from the environment variable http_proxy)") {
		t.Error(text)
	}
	// Without the proxy of this machine the token would be readable on the way.
	failure(t, try(elsewhere, sidekick.WithProxy("")), sidekick.StatusArgument)
	// This machine is asked without it.
	works(t, deploymentURL("batch-size"), sidekick.WithNoProxy(""))
}
