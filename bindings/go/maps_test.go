package sidekick_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"io"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"libsidekick.dev/go/sidekick"
)

// penguinMap is a row as a program has it that reads JSON.
func penguinMap(t testing.TB, useNumber bool) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(`{"island": "Biscoe", "sex": "female", "bill length (mm)": 46.1,
		"bill depth (mm)": 13.2, "flipper length (mm)": 211, "year": 2007}`))
	if useNumber {
		decoder.UseNumber()
	}
	var row map[string]any
	if err := decoder.Decode(&row); err != nil {
		t.Fatal(err)
	}
	return row
}

func TestMapsInAndOut(t *testing.T) {
	ctx, deployment := context.Background(), open(t, "penguins")
	inputs := []map[string]any{penguinMap(t, false), penguinMap(t, true)}
	inputs[1]["year"] = 2008
	answers := must[[]map[string]any](t)(sidekick.PredictAll[map[string]any](ctx, deployment, inputs))
	if len(answers) != 2 || len(answers[0]) != 2 {
		t.Fatal(answers)
	}
	species, isCategory := answers[0]["species"].(sidekick.CategoryProbability)
	mass, isNumber := answers[1]["body mass (g)"].(float64)
	if !isCategory || species.Label != "Gentoo" || !isNumber || mass < 4000 {
		t.Errorf("%+v", answers)
	}
	type answer struct {
		Species string `sidekick:"species"`
	}
	rows := deployment.NewRows().Map(inputs[0])
	predictions := predict(t, deployment, rows)
	if decoded := must[[]answer](t)(sidekick.Decode[answer](predictions)); decoded[0].Species != "Gentoo" {
		t.Errorf("%+v", decoded)
	}
	sequence := func(yield func(map[string]any) bool) { yield(inputs[0]) }
	for found, err := range sidekick.PredictSeq[map[string]any](ctx, deployment, sequence) {
		if err != nil || found["species"] != species {
			t.Errorf("%v %v", found, err)
		}
	}
}

func TestMapsOfEveryType(t *testing.T) {
	deployment := open(t, "echo")
	var array any
	if err := json.Unmarshal([]byte("[[1, 2, 3], [4, 5, 6]]"), &array); err != nil {
		t.Fatal(err)
	}
	row := map[string]any{
		"number": json.Number("0.5"), "category": species("b"), "flag": true, "text": "x", "picture": colours(),
		"grey": bytes.NewReader(encoded(t, greys())), "array": array,
	}
	found := must[[]map[string]any](t)(sidekick.Decode[map[string]any](
		predict(t, deployment, deployment.NewRows().Map(row))))[0]
	if found["number"] != 0.5 || found["flag"] != 1.0 || found["text"] == "" {
		t.Error(found)
	}
	if !reflect.DeepEqual(found["array"], []float32{1, 2, 3, 4, 5, 6}) {
		t.Error(found["array"])
	}
	samePixels(t, must[image.Image](t)(found["picture"].(sidekick.Picture).Decode()), colours())
	samePixels(t, must[image.Image](t)(found["grey"].(sidekick.Picture).Decode()), greys())
}

func TestMapsThatDoNotFit(t *testing.T) {
	deployment := open(t, "penguins")
	for name, value := range map[string]any{"year": "2007", "sex": 1.5, "island": []string{"Biscoe"}} {
		row := penguinMap(t, false)
		row[name] = value
		failed := failure(t, deployment.NewRows().Map(row).Err(), sidekick.StatusFeatureType)
		if failed.Feature != name || failed.Row != 0 {
			t.Errorf("%+v", failed)
		}
	}
	row := penguinMap(t, false)
	row["weight"] = 1
	failed := failure(t, deployment.NewRows().Map(row).Err(), sidekick.StatusUnknownFeature)
	if !strings.Contains(failed.Message, `"weight"`) {
		t.Error(failed)
	}
	delete(row, "weight")
	row["year"] = nil
	failure(t, deployment.NewRows().Map(row).Err(), sidekick.StatusRowIncomplete)
	row["year"] = json.Number("much")
	failure(t, deployment.NewRows().Map(row).Err(), sidekick.StatusFeatureType)
	ragged := map[string]any{"noisy": []any{[]any{1.0}, "x"}}
	failure(t, open(t, "denoise").NewRows().Map(ragged).Err(), sidekick.StatusFeatureType)
	failure(t, open(t, "denoise").NewRows().Map(map[string]any{"noisy": []any{1.0}}).Err(), sidekick.StatusFeatureShape)
}

func TestIntegerCategoriesInMaps(t *testing.T) {
	deployment := open(t, "integers")
	rows := deployment.NewRows().Map(map[string]any{"category": 2.0, "array": []any{1.0, 2.0}})
	rows.Map(map[string]any{"category": json.Number("2"), "array": [2]int{1, 2}})
	categories := must[sidekick.Categories](t)(predict(t, deployment, rows).Categories("category"))
	if categories.Best(0).Label != "2" || categories.Best(1).Label != "2" {
		t.Error(categories)
	}
}

func TestIntegersInMapsKeepTheirDigits(t *testing.T) {
	model, row := passing(t, "arrays", "{}"), map[string]any{"d": []any{1.5, json.Number("2")}}
	type answer struct {
		I []int64   `sidekick:"i_out"`
		D []float64 `sidekick:"d_out"`
	}
	for _, list := range [][]any{{1<<53 + 1, uint8(3)}, {json.Number("9007199254740993"), json.Number("3")}} {
		row["i"] = list
		found := must[answer](t)(sidekick.PredictOne[answer](context.Background(), model, row))
		if !reflect.DeepEqual(found, answer{[]int64{1<<53 + 1, 3}, []float64{1.5, 2}}) {
			t.Error(found)
		}
	}
	row["i"] = []any{uint64(math.MaxUint64), -1}
	failure(t, model.NewRows().Map(row).Err(), sidekick.StatusFeatureValue)
	unsigned := passing(t, "unsigned", "{}")
	rows := unsigned.NewRows().Map(map[string]any{"value": json.Number("18446744073709551615")})
	values := must[[]uint64](t)(sidekick.Elements[uint64](predict(t, unsigned, rows), "value_out"))
	if values[0] != math.MaxUint64 {
		t.Error(values)
	}
}

func TestDurationsInMapsAreNoNumbers(t *testing.T) {
	list := make([]any, 64)
	for at := range list {
		list[at] = time.Second
	}
	row := map[string]any{"noisy": list}
	failure(t, open(t, "denoise").NewRows().Map(row).Err(), sidekick.StatusFeatureType)
}

func TestFieldsOfAnyType(t *testing.T) {
	type line struct {
		Text any `sidekick:"text"`
	}
	deployment := open(t, "language")
	if err := deployment.NewRows().Struct(line{"Where is the library?"}).Err(); err != nil {
		t.Error(err)
	}
	failure(t, deployment.NewRows().Struct(line{7}).Err(), sidekick.StatusFeatureType)
}

func TestImagesFromReaders(t *testing.T) {
	const path = "../../examples/data/digits/digit-7-0081.png"
	type picture struct {
		Image io.Reader `sidekick:"image"`
	}
	type file struct {
		Image *os.File `sidekick:"image"`
	}
	deployment := open(t, "digits")
	opened := func() *os.File {
		found := must[*os.File](t)(os.Open(path))
		t.Cleanup(func() { found.Close() })
		return found
	}
	rows := deployment.NewRows().ImageReader("image", opened()).End().Struct(picture{opened()}).Struct(file{opened()})
	digits := must[sidekick.Categories](t)(predict(t, deployment, rows).Categories("digit"))
	for row := range 3 {
		if best := digits.Best(row).Label; best != "7" {
			t.Errorf("row %d: %s", row, best)
		}
	}
	array := must[*os.File](t)(os.Open("../../examples/data/noisy/noisy-0-0078.npy"))
	defer array.Close()
	denoise := open(t, "denoise")
	predict(t, denoise, denoise.NewRows().Struct(struct {
		Noisy io.Reader `sidekick:"noisy"`
	}{array}))
}

func TestReadersThatFail(t *testing.T) {
	broken := errors.New("the disk is on fire")
	err := open(t, "digits").NewRows().ImageReader("image", iotest.ErrReader(broken)).Err()
	failed := failure(t, err, sidekick.StatusFile)
	if !errors.Is(err, broken) || failed.Feature != "image" || failed.Row != 0 {
		t.Errorf("%+v", failed)
	}
	failure(t, open(t, "digits").NewRows().ImageReader("image", nil).Err(), sidekick.StatusImage)
	failure(t, open(t, "digits").NewRows().ImageReader("nothing", nil).Err(), sidekick.StatusUnknownFeature)
}

func TestPredictOne(t *testing.T) {
	type answer struct {
		Species string `sidekick:"species"`
	}
	ctx, deployment := context.Background(), open(t, "penguins")
	found := must[answer](t)(sidekick.PredictOne[answer](ctx, deployment, onePenguin()))
	if found.Species != "Gentoo" {
		t.Errorf("%+v", found)
	}
	_, err := sidekick.PredictOne[answer](ctx, deployment, place{"Biscoe"})
	failure(t, err, sidekick.StatusRowIncomplete)
	isolating := open(t, "reciprocal", sidekick.WithIsolateBadRows(true), sidekick.WithIsolateStatus500(true))
	_, err = sidekick.PredictOne[map[string]any](ctx, isolating, map[string]any{"number": 0})
	failure(t, err, sidekick.StatusServer)
}

func TestTheCauseOfAContextIsTold(t *testing.T) {
	deployment, reason := open(t, "language"), errors.New("the shop closes")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(reason)
	_, err := deployment.Predict(ctx, deployment.NewRows().Text("text", "x").End())
	failed := calledOff(t, err, context.Canceled)
	if !errors.Is(err, reason) || !strings.HasSuffix(failed.Message, "context canceled: the shop closes") {
		t.Errorf("%+v", failed)
	}
	server := newStallingServer(t, "batch-size")
	held := whenItHolds(server, 1)
	ctx, cancel = context.WithCancelCause(context.Background())
	defer context.AfterFunc(held, func() { cancel(reason) })()
	stalled := server.open(t)
	_, err = stalled.Predict(ctx, stalled.NewRows().Number("number", 1).End())
	calledOff(t, err, context.Canceled)
	if !errors.Is(err, reason) {
		t.Error(err)
	}
}
