package sidekick_test

import (
	"context"
	"image"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"libsidekick.dev/go/sidekick"
)

type species string

type echoRow struct {
	Number   float32     `sidekick:"number"`
	Category species     `sidekick:"category"`
	Flag     bool        `sidekick:"flag"`
	Text     string      `sidekick:"text"`
	Picture  image.Image `sidekick:"picture"`
	Grey     []byte      `sidekick:"grey"`
	Array    []int16     `sidekick:"array"`
	Note     string      `sidekick:"-"`
	private  int
}

type echoAnswer struct {
	Number   float64            `sidekick:"number"`
	Flag     float32            `sidekick:"flag"`
	Category map[string]float64 `sidekick:"category"`
	Text     string             `sidekick:"text"`
	Picture  image.Image        `sidekick:"picture"`
	Grey     []byte             `sidekick:"grey"`
	Array    []float32          `sidekick:"array"`
	Note     func()             `sidekick:"-"`
	private  chan int
}

func echoRowOf(t testing.TB) echoRow {
	return echoRow{
		Number: 0.5, Category: "b", Flag: true, Text: "x", Picture: colours(), Grey: encoded(t, greys()),
		Array: []int16{1, 2, 3, 4, 5, 6}, private: 1,
	}
}

func TestStructsInAndOut(t *testing.T) {
	inputs := []echoRow{echoRowOf(t), echoRowOf(t)}
	inputs[1].Category = "c"
	answers := must[[]echoAnswer](t)(sidekick.PredictAll[echoAnswer](context.Background(), open(t, "echo"), inputs))
	if len(answers) != 2 {
		t.Fatal(answers)
	}
	first := answers[0]
	if first.Number != 0.5 || first.Flag != 1 || first.Text != `second "quoted"` || answers[1].Text != "third \n line" {
		t.Errorf("%+v", answers)
	}
	if len(first.Category) != 3 || math.Abs(first.Category["b"]-0.8667) > 1e-3 {
		t.Error(first.Category)
	}
	if !reflect.DeepEqual(first.Array, []float32{1, 2, 3, 4, 5, 6}) {
		t.Error(first.Array)
	}
	samePixels(t, first.Picture, colours())
	samePixels(t, must[image.Image](t)(sidekick.Picture{Bytes: first.Grey}.Decode()), greys())
}

func TestPointersFilesAndOtherFieldTypes(t *testing.T) {
	type row struct {
		Number   uint64         `sidekick:"number"`
		Category string         `sidekick:"category"`
		Flag     int8           `sidekick:"flag"`
		Text     species        `sidekick:"text"`
		Picture  sidekick.File  `sidekick:"picture"`
		Grey     *image.Gray    `sidekick:"grey"`
		Array    sidekick.Array `sidekick:"array"`
	}
	type answer struct {
		Best    sidekick.CategoryProbability   `sidekick:"category"`
		All     []sidekick.CategoryProbability `sidekick:"category"`
		Label   string                         `sidekick:"category"`
		Picture sidekick.Picture               `sidekick:"picture"`
		Number  float64                        `sidekick:"number"`
	}
	file := filepath.Join(t.TempDir(), "colours.png")
	if err := os.WriteFile(file, encoded(t, colours()), 0o600); err != nil {
		t.Fatal(err)
	}
	inputs := []*row{{
		Number: math.MaxUint64, Category: "c", Flag: 1, Picture: sidekick.File(file), Grey: greys(),
		Array: sidekick.ArrayOf([]uint8{1, 2, 3, 4, 5, 6}, 2, 3),
	}}
	answers := must[[]answer](t)(sidekick.PredictAll[answer](context.Background(), open(t, "echo"), inputs))
	got := answers[0]
	if got.Label != "c" || got.Best.Label != "c" || got.All[0] != got.Best || len(got.All) != 3 ||
		got.All[1].Label != "a" {
		t.Errorf("%+v", got)
	}
	if float32(got.Number) != math.MaxUint64 || got.Picture.MediaType != "image/png" {
		t.Errorf("%+v", got)
	}
}

func TestStructsThatDoNotFit(t *testing.T) {
	ctx, deployment := context.Background(), open(t, "echo")
	t.Run("unknown field", func(t *testing.T) {
		// The input is called "number": names are compared exactly.
		_, err := sidekick.PredictAll[echoAnswer](ctx, deployment, []struct{ Number float64 }{{1}})
		failure(t, err, sidekick.StatusUnknownFeature)
	})
	t.Run("unknown output", func(t *testing.T) {
		_, err := sidekick.PredictAll[struct{ Nothing string }](ctx, deployment, []echoRow{echoRowOf(t)})
		failure(t, err, sidekick.StatusUnknownFeature)
	})
	t.Run("missing field", func(t *testing.T) {
		type row struct {
			Number float64 `sidekick:"number"`
		}
		_, err := sidekick.PredictAll[echoAnswer](ctx, deployment, []row{{1}})
		failure(t, err, sidekick.StatusRowIncomplete)
	})
	t.Run("elements", func(t *testing.T) {
		rows := []echoRow{echoRowOf(t), echoRowOf(t)}
		rows[1].Array = rows[1].Array[:5]
		_, err := sidekick.PredictAll[echoAnswer](ctx, deployment, rows)
		if failed := failure(t, err, sidekick.StatusFeatureShape); failed.Row != 1 || failed.Feature != "array" {
			t.Errorf("%+v", failed)
		}
	})
	t.Run("no picture", func(t *testing.T) {
		rows := []echoRow{echoRowOf(t)}
		rows[0].Picture = nil
		_, err := sidekick.PredictAll[echoAnswer](ctx, deployment, rows)
		failure(t, err, sidekick.StatusImage)
	})
	t.Run("no struct", func(t *testing.T) {
		failure(t, deployment.NewRows().Struct(7).Err(), sidekick.StatusArgument)
		failure(t, deployment.NewRows().Struct(nil).Struct((*echoRow)(nil)).Err(), sidekick.StatusArgument)
		_, err := sidekick.PredictAll[int](ctx, deployment, []echoRow{})
		failure(t, err, sidekick.StatusArgument)
	})
}

// TestFieldTypesThatDoNotFit tries every input and output with types that are not theirs.
func TestFieldTypesThatDoNotFit(t *testing.T) {
	deployment := open(t, "echo")
	predictions := predict(t, deployment, deployment.NewRows())
	for name, fields := range map[string]struct{ in, out any }{
		"number": {
			struct {
				X string `sidekick:"number"`
			}{},
			errorOf(sidekick.Decode[struct {
				X string `sidekick:"number"`
			}](predictions)),
		},
		"category": {
			struct {
				X float64 `sidekick:"category"`
			}{},
			errorOf(sidekick.Decode[struct {
				X float64 `sidekick:"category"`
			}](predictions)),
		},
		"flag": {
			struct {
				X float64 `sidekick:"flag"`
			}{},
			errorOf(sidekick.Decode[struct {
				X bool `sidekick:"flag"`
			}](predictions)),
		},
		"text": {
			struct {
				X int `sidekick:"text"`
			}{},
			errorOf(sidekick.Decode[struct {
				X float64 `sidekick:"text"`
			}](predictions)),
		},
		"picture": {
			struct {
				X string `sidekick:"picture"`
			}{},
			errorOf(sidekick.Decode[struct {
				X string `sidekick:"picture"`
			}](predictions)),
		},
		"array": {
			struct {
				X []string `sidekick:"array"`
			}{},
			errorOf(sidekick.Decode[struct {
				X []string `sidekick:"array"`
			}](predictions)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			failed := failure(t, deployment.NewRows().Struct(fields.in).Err(), sidekick.StatusFeatureType)
			if failed.Feature != name {
				t.Errorf("%+v", failed)
			}
			failure(t, fields.out.(error), sidekick.StatusFeatureType)
		})
	}
}

// errorOf is the error of a call, which has to fail.
func errorOf[T any](_ T, err error) error { return err }
