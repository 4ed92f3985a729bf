package sidekick_test

import (
	"context"
	"os"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// misbehaving opens a deployment of tests/misbehaving.py, which lists them.
func misbehaving(t *testing.T, id string) *sidekick.Deployment {
	t.Helper()
	url := os.Getenv("SIDEKICK_MISBEHAVING_URL") + "/deployment/" + id + "/forward"
	deployment := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), url, id+"-token"))
	t.Cleanup(func() { deployment.Close() })
	return deployment
}

// A connection that misbehaves is left, and another takes its place.
func TestConnectionsThatMisbehave(t *testing.T) {
	deployment := misbehaving(t, "script")
	for _, script := range []string{
		`{"body": "as said", "more": "HTTP/1.1 200 OK\r\n\r\nunasked"}`,
		`{"body": "as said", "delay": 0.01}`,
		`[{"status": 503}, {"body": "as said", "drip": 0.0001}]`,
	} {
		reply := must[*sidekick.Reply](t)(deployment.PostJSON(context.Background(), []byte(script)))
		if reply.HTTPStatus != 200 || reply.Body != "as said" {
			t.Error(script, reply)
		}
	}
	_, err := deployment.PostJSON(context.Background(), []byte(`{"body": "as said", "cut": 50}`))
	failure(t, err, sidekick.StatusNetwork)
}
