package sidekick_test

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

type place struct {
	Island string `sidekick:"island"`
}

type bill struct {
	Length float64 `sidekick:"bill length (mm)"`
	Depth  float64 `sidekick:"bill depth (mm)"`
}

// penguin is a row of the deployment penguins, partly of embedded structs.
type penguin struct {
	place
	*bill
	Sex     string  `sidekick:"sex"`
	Flipper float64 `sidekick:"flipper length (mm)"`
	Year    *int    `sidekick:"year"`
}

func onePenguin() penguin {
	year := 2007
	return penguin{place{"Biscoe"}, &bill{46.1, 13.2}, "female", 211, &year}
}

// Species is a part of an answer.
type Species struct {
	Species string `sidekick:"species"`
}

func TestEmbeddedStructsAndPointers(t *testing.T) {
	type answer struct {
		*Species
		Mass *float64 `sidekick:"body mass (g)"`
	}
	ctx, deployment := context.Background(), open(t, "penguins")
	answers := must[[]answer](t)(sidekick.PredictAll[answer](ctx, deployment, []penguin{onePenguin()}))
	if len(answers) != 1 || answers[0].Species.Species != "Gentoo" || *answers[0].Mass < 4000 {
		t.Errorf("%+v", answers)
	}
}

func TestANilPointerIsAMissingInput(t *testing.T) {
	deployment := open(t, "penguins")
	for name, change := range map[string]func(*penguin){
		"year":             func(row *penguin) { row.Year = nil },
		"bill length (mm)": func(row *penguin) { row.bill = nil },
	} {
		row := onePenguin()
		change(&row)
		failed := failure(t, deployment.NewRows().Struct(onePenguin()).Struct(row).Err(), sidekick.StatusRowIncomplete)
		if failed.Row != 1 || !strings.Contains(failed.Message, name) {
			t.Errorf("%+v", failed)
		}
	}
}

func TestANilPointerLeavesOutAnOptionalInput(t *testing.T) {
	model := passing(t, "numbers", `{"inputs": [{"name": "i", "optional": true}]}`)
	type row struct {
		F float64 `sidekick:"f"`
		I *int64  `sidekick:"i"`
	}
	seven := int64(7)
	rows := model.NewRows().Struct(row{1, &seven}).Struct(row{2, nil})
	if err := rows.Err(); err != nil || rows.Len() != 2 {
		t.Error(err)
	}
}

func TestShadowedFieldsAreLeftOut(t *testing.T) {
	type lower struct {
		Text string `sidekick:"nothing"`
	}
	type named struct {
		Text string
	}
	type row struct {
		lower
		named `sidekick:"-"`
		Text  string `sidekick:"text"`
	}
	type answer struct {
		named    `sidekick:"-"`
		Language string `sidekick:"language"`
	}
	answers := must[[]answer](t)(sidekick.PredictAll[answer](context.Background(), open(t, "language"),
		[]row{{Text: "Where is the nearest library?"}}))
	if answers[0].Language != "English" {
		t.Errorf("%+v", answers)
	}
}

// A tag that nothing heeds would leave an input out, or an answer empty.
func TestATagOfAFieldThatIsNotExported(t *testing.T) {
	type row struct {
		text string `sidekick:"text"`
	}
	type answer struct {
		language string `sidekick:"language"`
	}
	deployment := open(t, "language")
	failed := failure(t, deployment.NewRows().Struct(row{"x"}).Err(), sidekick.StatusArgument)
	if !strings.Contains(failed.Message, "field text of") {
		t.Error(failed)
	}
	_, err := sidekick.Decode[answer](predict(t, deployment, deployment.NewRows()))
	failure(t, err, sidekick.StatusArgument)
}

func TestAStructThatIsEmbeddedTwice(t *testing.T) {
	type one struct{ place }
	type other struct{ place }
	type row struct {
		one
		other
	}
	rows := open(t, "penguins").NewRows().Struct(row{one{place{"Biscoe"}}, other{place{"Dream"}}})
	failure(t, rows.Err(), sidekick.StatusFeatureTwice)
}

type pointers *pointers

type lists []lists

// Planning for such a type, or following such a value, would never end.
func TestTypesAndValuesThatContainThemselves(t *testing.T) {
	deployment := open(t, "denoise")
	var self any
	self = &self
	failure(t, deployment.NewRows().Struct(self).Err(), sidekick.StatusArgument)
	loop := make([]any, 2)
	loop[0], loop[1] = loop, loop
	failure(t, deployment.NewRows().Map(map[string]any{"noisy": loop}).Err(), sidekick.StatusFeatureShape)
	for _, row := range []any{
		map[string]any{"noisy": self},
		struct {
			Noisy pointers `sidekick:"noisy"`
		}{},
		struct {
			Noisy lists `sidekick:"noisy"`
		}{},
	} {
		failure(t, deployment.NewRows().Struct(row).Err(), sidekick.StatusFeatureType)
	}
	predictions := predict(t, deployment, deployment.NewRows())
	_, err := sidekick.Decode[struct {
		Clean pointers `sidekick:"clean"`
	}](predictions)
	failure(t, err, sidekick.StatusFeatureType)
	_, err = sidekick.Decode[struct {
		Clean *lists `sidekick:"clean"`
	}](predictions)
	failure(t, err, sidekick.StatusFeatureType)
	_, err = sidekick.NewPredictor[map[string]any, pointers](deployment)
	failure(t, err, sidekick.StatusArgument)
}

func TestAnEmbeddedPointerThatCannotBeMade(t *testing.T) {
	type hidden struct {
		Language string `sidekick:"language"`
	}
	type answer struct{ *hidden }
	deployment := open(t, "language")
	_, err := sidekick.Decode[answer](predict(t, deployment, deployment.NewRows()))
	failure(t, err, sidekick.StatusArgument)
}

func TestFixedAndNestedArrays(t *testing.T) {
	type vector []float64
	type answer struct {
		Floats  []float64     `sidekick:"clean"`
		Named   vector        `sidekick:"clean"`
		Fixed   [64]float32   `sidekick:"clean"`
		Square  [8][8]float64 `sidekick:"clean"`
		Rows    [][]float32   `sidekick:"clean"`
		Exactly [][][]float64 `sidekick:"clean"`
		Mixed   [][8]float32  `sidekick:"clean"`
	}
	deployment := open(t, "denoise")
	var fixed [64]uint8
	var square [8][8]float64
	nested, exactly := make([][]float32, 8), make([][8][]int64, 8)
	for at := range 64 {
		fixed[at], square[at/8][at%8] = uint8(at%2), float64(at%2)
		nested[at/8] = append(nested[at/8], float32(at%2))
		exactly[at/8][at%8] = []int64{int64(at % 2)}
	}
	type fixedRow struct {
		Noisy [64]uint8 `sidekick:"noisy"`
	}
	type squareRow struct {
		Noisy *[8][8]float64 `sidekick:"noisy"`
	}
	rows := deployment.NewRows().Struct(fixedRow{fixed}).Struct(&fixedRow{fixed}).Struct(squareRow{&square})
	rows.Struct(struct {
		Noisy [][]float32 `sidekick:"noisy"`
	}{nested})
	rows.Struct(struct {
		Noisy [][8][]int64 `sidekick:"noisy"`
	}{exactly})
	predictions := predict(t, deployment, rows)
	arrays := must[[][]float32](t)(predictions.Arrays("clean"))
	for row, array := range arrays {
		if !reflect.DeepEqual(array, arrays[0]) {
			t.Errorf("row %d: %v", row, array)
		}
	}
	got := must[[]answer](t)(sidekick.Decode[answer](predictions))[4]
	for at, element := range arrays[4] {
		y, x := at/8, at%8
		same := got.Floats[at] == float64(element) && got.Named[at] == float64(element) && got.Fixed[at] == element &&
			got.Square[y][x] == float64(element) && got.Rows[y][x] == element &&
			got.Exactly[y][x][0] == float64(element) && got.Mixed[y][x] == element
		if !same {
			t.Fatalf("element %d is not %v", at, element)
		}
	}
	if len(got.Floats) != 64 || len(got.Rows) != 8 || len(got.Rows[7]) != 8 || len(got.Exactly[7][7]) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestArraysOfAnotherShape(t *testing.T) {
	deployment := open(t, "denoise")
	for _, row := range []any{
		struct {
			Noisy [63]float64 `sidekick:"noisy"`
		}{},
		struct {
			Noisy [4][16]float64 `sidekick:"noisy"`
		}{},
		struct {
			Noisy [][][][]float64 `sidekick:"noisy"`
		}{},
		struct {
			Noisy [][]string `sidekick:"noisy"`
		}{},
	} {
		failure(t, deployment.NewRows().Struct(row).Err(), sidekick.StatusFeatureType)
	}
	ragged := make([][]float64, 8)
	for at := range ragged {
		ragged[at] = make([]float64, 7+at%2)
	}
	for _, nested := range [][][]float64{nil, ragged, make([][]float64, 8), make([][]float64, 7)} {
		failed := failure(t, deployment.NewRows().Struct(struct {
			Noisy [][]float64 `sidekick:"noisy"`
		}{nested}).Err(), sidekick.StatusFeatureShape)
		if failed.Feature != "noisy" || failed.Row != 0 {
			t.Errorf("%+v", failed)
		}
	}
	predictions := predict(t, deployment, deployment.NewRows())
	_, err := sidekick.Decode[struct {
		Clean [65]float64 `sidekick:"clean"`
	}](predictions)
	failure(t, err, sidekick.StatusFeatureType)
	_, err = sidekick.Decode[struct {
		Clean []int64 `sidekick:"clean"`
	}](predictions)
	failure(t, err, sidekick.StatusFeatureType)
}

func TestNestedArraysOfFreeShapes(t *testing.T) {
	model := passing(t, "free", "{}")
	type row struct {
		X   [][2]float32 `sidekick:"x"`
		Tag int          `sidekick:"tag"`
	}
	type answer struct {
		X [][]float64 `sidekick:"x_out"`
	}
	inputs := []row{{[][2]float32{{1, 2}, {3, 4}}, 1}, {[][2]float32{{5, 6}}, 2}}
	answers := must[[]answer](t)(sidekick.PredictAll[answer](context.Background(), model, inputs))
	expected := []answer{{[][]float64{{1, 2}, {3, 4}}}, {[][]float64{{5, 6}}}}
	if !reflect.DeepEqual(answers, expected) {
		t.Errorf("%+v", answers)
	}
}

func TestElementsOfATensorAreExact(t *testing.T) {
	model := passing(t, "arrays", "{}")
	inputs := make([]struct {
		I [2]int64   `sidekick:"i"`
		D [2]float64 `sidekick:"d"`
	}, 1)
	inputs[0].I, inputs[0].D = [2]int64{math.MaxInt64, 1<<53 + 1}, [2]float64{0.1, 1e300}
	type answer struct {
		I  []int64    `sidekick:"i_out"`
		Is [2]int64   `sidekick:"i_out"`
		D  []float64  `sidekick:"d_out"`
		Ds [2]float64 `sidekick:"d_out"`
		F  []float32  `sidekick:"d_out"`
	}
	got := must[[]answer](t)(sidekick.PredictAll[answer](context.Background(), model, inputs))[0]
	if got.Is != inputs[0].I || got.Ds != inputs[0].D || got.I[1] != 1<<53+1 || got.D[1] != 1e300 || got.F[0] != 0.1 {
		t.Errorf("%+v", got)
	}
}
