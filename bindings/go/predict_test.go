package sidekick_test

import (
	"context"
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// echoes are three deployments that give back what they take, each over another form of the wire.
var echoes = []string{"echo", "echo-npy", "echo-older"}

// addEcho adds one row of every type, whose values follow from a number.
func addEcho(rows *sidekick.Rows, number int) {
	rows.Array("array", sidekick.ArrayOf([]float32{float32(number), 1.5, -2, 0, 1e-7, 3e7}, 2, 3))
	rows.Number("number", float64(number)/4).Category("category", []string{"a", "b", "c"}[number%3])
	rows.Binary("flag", number%2 == 1).Text("text", "snowman ☃\n\"quoted\"")
	rows.Image("picture", colours()).Image("grey", greys()).End()
}

func TestEveryTypeComesBack(t *testing.T) {
	for _, id := range echoes {
		t.Run(id, func(t *testing.T) {
			deployment := open(t, id)
			if deployment.Protocol() != sidekick.ProtocolDeploymentAPI {
				t.Error("the protocol is", deployment.Protocol())
			}
			rows := deployment.NewRows()
			addEcho(rows, 0)
			addEcho(rows, 1)
			addEcho(rows, 2)
			checkEcho(t, predict(t, deployment, rows), 3)
		})
	}
}

func checkEcho(t *testing.T, predictions *sidekick.Predictions, count int) {
	t.Helper()
	if predictions.Len() != count {
		t.Fatalf("%d rows instead of %d", predictions.Len(), count)
	}
	numbers := must[[]float64](t)(predictions.Numbers("number"))
	flags := must[[]float64](t)(predictions.Numbers("flag"))
	texts := must[[]string](t)(predictions.Texts("text"))
	arrays := must[[][]float32](t)(predictions.Arrays("array"))
	pictures := must[[]sidekick.Picture](t)(predictions.Pictures("picture"))
	grey := must[[]sidekick.Picture](t)(predictions.Pictures("grey"))
	categories := must[sidekick.Categories](t)(predictions.Categories("category"))
	labels := []string{"first ☀", `second "quoted"`, "third \n line"}
	for row := range count {
		if numbers[row] != float64(row)/4 || flags[row] != float64(row%2) || texts[row] != labels[row%3] {
			t.Errorf("row %d: %v, %v, %q", row, numbers[row], flags[row], texts[row])
		}
		if expected := []float32{float32(row), 1.5, -2, 0, 1e-7, 3e7}; !reflect.DeepEqual(arrays[row], expected) {
			t.Errorf("row %d: array %v", row, arrays[row])
		}
		if best := categories.Best(row); best.Label != "abc"[row%3:row%3+1] ||
			math.Abs(best.Probability-0.8667) > 1e-3 {
			t.Errorf("row %d: %v", row, best)
		}
		if pictures[row].MediaType != "image/png" {
			t.Errorf("row %d: media type %s", row, pictures[row].MediaType)
		}
		samePixels(t, must[image.Image](t)(pictures[row].Decode()), colours())
		samePixels(t, must[image.Image](t)(grey[row].Decode()), greys())
	}
}

func TestFeaturesAreDescribedAndCopied(t *testing.T) {
	deployment := open(t, "echo")
	inputs := deployment.Inputs()
	if len(inputs) != 7 || len(deployment.Outputs()) != 7 {
		t.Fatal(inputs, deployment.Outputs())
	}
	expected := sidekick.Feature{
		Name: "category", Type: sidekick.Categorical, Shape: []int{3}, Categories: []string{"a", "b", "c"},
	}
	if !reflect.DeepEqual(inputs[1], expected) || !inputs[6].IsArray() || inputs[0].IsArray() {
		t.Errorf("%+v", inputs)
	}
	inputs[1].Categories[0], inputs[1].Shape[0], inputs[1].Name = "x", 9, "y"
	if !reflect.DeepEqual(deployment.Inputs()[1], expected) {
		t.Error("the caller changed the deployment's own features")
	}
	if text := inputs[4].String(); text != `"picture": image [4 4 3]` {
		t.Error(text)
	}
	if text := deployment.String(); !strings.HasPrefix(text, "inputs\n  \"number\": numeric [1]\n") ||
		!strings.Contains(text, "\noutputs\n") {
		t.Error(text)
	}
}

func TestArraysOfEveryElementType(t *testing.T) {
	type celsius float32
	deployment := open(t, "echo")
	for name, array := range map[string]sidekick.Array{
		"float32": sidekick.ArrayOf([]float32{1, 2, 3, 4, 5, 6}, 2, 3),
		"float64": sidekick.ArrayOf([]float64{1, 2, 3, 4, 5, 6}, 2, 3),
		"int8":    sidekick.ArrayOf([]int8{1, 2, 3, 4, 5, 6}, 2, 3),
		"int16":   sidekick.ArrayOf([]int16{1, 2, 3, 4, 5, 6}, 2, 3),
		"int32":   sidekick.ArrayOf([]int32{1, 2, 3, 4, 5, 6}, 2, 3),
		"int64":   sidekick.ArrayOf([]int64{1, 2, 3, 4, 5, 6}, 2, 3),
		"int":     sidekick.ArrayOf([]int{1, 2, 3, 4, 5, 6}, 2, 3),
		"uint8":   sidekick.ArrayOf([]uint8{1, 2, 3, 4, 5, 6}, 2, 3),
		"uint16":  sidekick.ArrayOf([]uint16{1, 2, 3, 4, 5, 6}, 2, 3),
		"uint32":  sidekick.ArrayOf([]uint32{1, 2, 3, 4, 5, 6}, 2, 3),
		"uint64":  sidekick.ArrayOf([]uint64{1, 2, 3, 4, 5, 6}, 2, 3),
		"uint":    sidekick.ArrayOf([]uint{1, 2, 3, 4, 5, 6}, 2, 3),
		"celsius": sidekick.ArrayOf([]celsius{1, 2, 3, 4, 5, 6}, 2, 3),
	} {
		t.Run(name, func(t *testing.T) {
			rows := deployment.NewRows().Array("array", array)
			rows.Number("number", 0).Category("category", "a").Integer("flag", 1).Text("text", "")
			rows.Image("picture", colours()).Image("grey", greys()).End()
			arrays := must[[][]float32](t)(predict(t, deployment, rows).Arrays("array"))
			if !reflect.DeepEqual(arrays, [][]float32{{1, 2, 3, 4, 5, 6}}) {
				t.Error(arrays)
			}
		})
	}
}

func TestFilesAndEncodedPictures(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "colours.png")
	if err := os.WriteFile(file, encoded(t, colours()), 0o600); err != nil {
		t.Fatal(err)
	}
	deployment := open(t, "echo")
	array := sidekick.ArrayOf([]int{1, 2, 3, 4, 5, 6}, 2, 3)
	rows := deployment.NewRows().ImageFile("picture", file)
	rows.EncodedImage("grey", encoded(t, greys())).Array("array", array)
	rows.Number("number", 1).Category("category", "b").Category("flag", "yes").Text("text", "").End()
	predictions := predict(t, deployment, rows)
	picture := must[[]sidekick.Picture](t)(predictions.Pictures("picture"))[0]
	grey := must[[]sidekick.Picture](t)(predictions.Pictures("grey"))[0]
	samePixels(t, must[image.Image](t)(picture.Decode()), colours())
	samePixels(t, must[image.Image](t)(grey.Decode()), greys())
}

func TestNPYFilesAndBytes(t *testing.T) {
	const path = "../../examples/data/noisy/noisy-0-0078.npy"
	bytes := must[[]byte](t)(os.ReadFile(path))
	deployment := open(t, "denoise")
	rows := deployment.NewRows().NPYFile("noisy", path).End().NPY("noisy", bytes).End()
	arrays := must[[][]float32](t)(predict(t, deployment, rows).Arrays("clean"))
	if len(arrays) != 2 || len(arrays[0]) != 64 || !reflect.DeepEqual(arrays[0], arrays[1]) {
		t.Error(arrays)
	}
}

// TestSlicesOfStructs lends C memory beside which there are Go pointers.
func TestSlicesOfStructs(t *testing.T) {
	name := "noisy"
	holder := &struct {
		name     *string
		elements [64]float32
		image    image.Gray
		samples  [16]byte
		file     [2000]byte
	}{name: &name}
	denoise, echo := open(t, "denoise"), open(t, "echo")
	rows := denoise.NewRows().Array("noisy", sidekick.ArrayOf(holder.elements[:], 8, 8, 1)).End()
	if err := rows.Columns(sidekick.ColumnOf("noisy", holder.elements[:])).Err(); err != nil {
		t.Error(err)
	}
	size := copy(holder.file[:], encoded(t, greys()))
	if err := echo.NewRows().EncodedImage("grey", holder.file[:size]).Err(); err != nil {
		t.Error(err)
	}
	holder.image = image.Gray{Pix: holder.samples[:], Stride: 4, Rect: image.Rect(0, 0, 4, 4)}
	if err := echo.NewRows().Image("grey", &holder.image).Err(); err != nil {
		t.Error(err)
	}
	failure(t, denoise.NewRows().NPY("noisy", holder.file[:]).Err(), sidekick.StatusNPY)
}

func TestPicturesOfEveryKind(t *testing.T) {
	deployment := open(t, "denoise-image")
	wide := image.NewGray(image.Rect(0, 0, 20, 20))
	for at := range wide.Pix {
		wide.Pix[at] = uint8(at)
	}
	part := wide.SubImage(image.Rect(3, 5, 11, 13))
	alone := image.NewGray(image.Rect(0, 0, 8, 8))
	deep := image.NewGray16(image.Rect(0, 0, 8, 8))
	transparent := image.NewRGBA(image.Rect(0, 0, 8, 8))
	opaque := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for y := range 8 {
		for x := range 8 {
			grey := part.At(3+x, 5+y)
			alone.Set(x, y, grey)
			deep.Set(x, y, grey)
			opaque.Set(x, y, grey)
		}
	}
	rows := deployment.NewRows()
	for _, picture := range []image.Image{alone, part, deep, opaque, transparent} {
		rows.Image("noisy", picture).End()
	}
	rows.JPEG("noisy", alone, 90).End()
	rows.EncodedImage("noisy", encoded(t, alone)).End()
	pictures := must[[]sidekick.Picture](t)(predict(t, deployment, rows).Pictures("clean"))
	first := must[image.Image](t)(pictures[0].Decode())
	for _, same := range []int{1, 2, 3, 6} {
		samePixels(t, must[image.Image](t)(pictures[same].Decode()), first)
	}
	if len(pictures) != 7 {
		t.Error(len(pictures))
	}
}

func TestCategoriesInOrder(t *testing.T) {
	deployment := open(t, "integers")
	array := sidekick.ArrayOf([]int{1, 2})
	rows := deployment.NewRows().Integer("category", 2).Array("array", array).End()
	categories := must[sidekick.Categories](t)(predict(t, deployment, rows).Categories("category"))
	top := categories.Top(0, 2)
	if !reflect.DeepEqual(top, []sidekick.CategoryProbability{{Label: "2", Probability: 1}, {Label: "1"}}) {
		t.Error(top)
	}
	if all := categories.Top(0, 9); len(all) != 3 || all[2].Label != "3" || len(categories.Top(0, -1)) != 0 {
		t.Error(all)
	}
	expected := map[string]float64{"1": 0, "2": 1, "3": 0}
	if probabilities := categories.Map(0); !reflect.DeepEqual(probabilities, expected) {
		t.Error(probabilities)
	}
}

func TestAwkwardNames(t *testing.T) {
	deployment := open(t, "names")
	rows := deployment.NewRows()
	for at, input := range deployment.Inputs() {
		rows.Number(input.Name, float64(at))
	}
	predictions := predict(t, deployment, rows.End())
	for at, output := range deployment.Outputs() {
		if numbers := must[[]float64](t)(predictions.Numbers(output.Name)); numbers[0] != float64(at) {
			t.Errorf("%q: %v", output.Name, numbers)
		}
	}
}

func TestBatches(t *testing.T) {
	deployment := open(t, "batch-size", sidekick.WithBatchRows(3))
	rows := deployment.NewRows()
	for number := range 7 {
		rows.Number("number", float64(number)).End()
	}
	sizes := must[[]float64](t)(predict(t, deployment, rows).Numbers("rows"))
	if !reflect.DeepEqual(sizes, []float64{3, 3, 3, 3, 3, 3, 1}) {
		t.Error(sizes)
	}
	_, err := sidekick.Open(context.Background(), deploymentURL("echo"), "echo-token", sidekick.WithBatchRows(-1))
	failure(t, err, sidekick.StatusArgument)
}

func TestNoRows(t *testing.T) {
	deployment := open(t, "echo")
	predictions := predict(t, deployment, deployment.NewRows())
	if predictions.Len() != 0 {
		t.Error(predictions.Len())
	}
	if arrays := must[[][]float32](t)(predictions.Arrays("array")); len(arrays) != 0 {
		t.Error(arrays)
	}
}

func TestRowsCanBePredictedClearedAndFilledAgain(t *testing.T) {
	deployment := open(t, "echo")
	rows := deployment.NewRows()
	for range 2 {
		addEcho(rows, 0)
		addEcho(rows, 1)
		checkEcho(t, predict(t, deployment, rows), 2)
		checkEcho(t, predict(t, deployment, rows), 2)
		if rows.Len() != 2 {
			t.Error(rows.Len())
		}
		rows.Clear()
	}
	if rows.Len() != 0 {
		t.Error(rows.Len())
	}
}

func TestPostJSON(t *testing.T) {
	deployment := open(t, "batch-size")
	reply := must[*sidekick.Reply](t)(deployment.PostJSON(context.Background(), []byte(`{"rows": [{"number": 1}]}`)))
	var body struct{ Rows []map[string]float64 }
	if err := json.Unmarshal([]byte(reply.Body), &body); err != nil {
		t.Fatal(err)
	}
	if reply.HTTPStatus != 200 || body.Rows[0]["rows"] != 1 {
		t.Error(reply)
	}
	reply = must[*sidekick.Reply](t)(deployment.PostJSON(context.Background(), []byte(`{"rows": [{}]}`)))
	if reply.HTTPStatus != 400 || !strings.Contains(reply.Body, "errorCode") {
		t.Error(reply)
	}
}

func TestVersionIsTheHeaders(t *testing.T) {
	header := string(must[[]byte](t)(os.ReadFile(os.Getenv("SIDEKICK_INCLUDE_DIR") + "/sidekick.h")))
	version := regexp.MustCompile(`#define SIDEKICK_VERSION "(.*)"`).FindStringSubmatch(header)
	if version == nil || version[1] != sidekick.Version() {
		t.Error(version, sidekick.Version())
	}
}
