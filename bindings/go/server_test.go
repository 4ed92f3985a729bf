package sidekick_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"libsidekick.dev/go/sidekick"
)

// deploymentURL is that of a deployment on the server beside which the tests run.
func deploymentURL(id string) string {
	return os.Getenv("SIDEKICK_SERVER_URL") + "/deployment/" + id + "/forward"
}

// showsToken finds the token of any deployment of the tests in a text.
func showsToken(text string) bool { return strings.Contains(text, "-token") }

func open(t testing.TB, id string, options ...sidekick.Option) *sidekick.Deployment {
	t.Helper()
	watch := sidekick.WithLogCallback(func(_ sidekick.LogLevel, message string) {
		if showsToken(message) {
			t.Error(message)
		}
	})
	options = append([]sidekick.Option{watch}, options...)
	deployment, err := sidekick.Open(context.Background(), deploymentURL(id), id+"-token", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deployment.Close() })
	return deployment
}

func predict(t testing.TB, deployment *sidekick.Deployment, rows *sidekick.Rows) *sidekick.Predictions {
	t.Helper()
	predictions, err := deployment.Predict(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	return predictions
}

// must takes the value of a call that has to succeed.
func must[T any](t testing.TB) func(value T, err error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// failure is the *Error in an error, whose status has to be the one expected.
func failure(t testing.TB, err error, status sidekick.Status) *sidekick.Error {
	t.Helper()
	var failed *sidekick.Error
	if !errors.As(err, &failed) {
		t.Fatalf("not an *Error: %v", err)
	}
	if failed.Status != status || !errors.Is(err, status) {
		t.Fatalf("status %d instead of %d: %v", failed.Status, status, err)
	}
	if showsToken(failed.Message + failed.ServerCode + failed.ServerMessage + err.Error()) {
		t.Errorf("the token is shown: %+v", failed)
	}
	return failed
}

// colours is an image of 4x4 pixels, each of another colour.
func colours() *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, 4, 4))
	for at := range 16 {
		picture.SetNRGBA(at%4, at/4, color.NRGBA{uint8(at * 16), uint8(255 - at*16), uint8(at), 255})
	}
	return picture
}

// greys is an image of 4x4 pixels, each of another grey.
func greys() *image.Gray {
	picture := image.NewGray(image.Rect(0, 0, 4, 4))
	for at := range picture.Pix {
		picture.Pix[at] = uint8(at * 17)
	}
	return picture
}

func encoded(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// samePixels compares images pixel by pixel, whatever their types.
func samePixels(t testing.TB, got, expected image.Image) {
	t.Helper()
	if got.Bounds().Size() != expected.Bounds().Size() {
		t.Fatalf("size %v instead of %v", got.Bounds().Size(), expected.Bounds().Size())
	}
	from, to := got.Bounds().Min, expected.Bounds().Min
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			one := color.NRGBAModel.Convert(got.At(from.X+x, from.Y+y))
			other := color.NRGBAModel.Convert(expected.At(to.X+x, to.Y+y))
			if one != other {
				t.Fatalf("pixel %d, %d is %v instead of %v", x, y, one, other)
			}
		}
	}
}

// eventually waits until something is so, for at most some seconds.
func eventually(t testing.TB, so func() bool) {
	t.Helper()
	for range 1000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it never came to be")
}
