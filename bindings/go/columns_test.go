package sidekick_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"reflect"
	"runtime"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// echoColumns are the columns of rows whose values are those of addEcho.
func echoColumns(t testing.TB, numbers ...int) []sidekick.Column {
	var (
		values         []float32
		categories     []species
		flags          []bool
		texts          []string
		pictures, grey [][]byte
		arrays         []float64
	)
	for _, number := range numbers {
		values = append(values, float32(number)/4)
		categories = append(categories, []species{"a", "b", "c"}[number%3])
		flags = append(flags, number%2 == 1)
		texts = append(texts, fmt.Sprint("text ☃ ", number))
		pictures = append(pictures, encoded(t, colours()))
		grey = append(grey, encoded(t, greys()))
		arrays = append(arrays, float64(number), 1.5, -2, 0, 1e-7, 3e7)
	}
	return []sidekick.Column{
		sidekick.ColumnOf("array", arrays), sidekick.ColumnOf("number", values),
		sidekick.ColumnOf("category", categories),
		sidekick.ColumnOf("flag", flags), sidekick.ColumnOf("text", texts), sidekick.ColumnOf("picture", pictures),
		sidekick.ColumnOf("grey", grey),
	}
}

func TestColumnsOfEveryTypeBecomeRows(t *testing.T) {
	for _, id := range echoes {
		t.Run(id, func(t *testing.T) {
			deployment := open(t, id)
			rows := deployment.NewRows()
			addEcho(rows, 0)
			rows.Columns(echoColumns(t, 1, 2)...)
			addEcho(rows, 3)
			// Fewer pieces, and more, than there were.
			rows.Columns(echoColumns(t, 4)...).Columns(echoColumns(t, 5, 6, 7, 8)...).Columns(echoColumns(t)...)
			if rows.Len() != 9 {
				t.Error(rows.Len(), rows.Err())
			}
			checkEcho(t, predict(t, deployment, rows), 9)
		})
	}
}

func TestColumnsOfEveryElementType(t *testing.T) {
	type celsius float32
	deployment := open(t, "integers")
	for _, column := range []sidekick.Column{
		sidekick.ColumnOf("array", []float32{1, 2}), sidekick.ColumnOf("array", []float64{1, 2}),
		sidekick.ColumnOf("array", []int8{1, 2}), sidekick.ColumnOf("array", []int16{1, 2}),
		sidekick.ColumnOf("array", []int32{1, 2}), sidekick.ColumnOf("array", []int64{1, 2}),
		sidekick.ColumnOf("array", []int{1, 2}), sidekick.ColumnOf("array", []uint8{1, 2}),
		sidekick.ColumnOf("array", []uint16{1, 2}), sidekick.ColumnOf("array", []uint32{1, 2}),
		sidekick.ColumnOf("array", []uint64{1, 2}), sidekick.ColumnOf("array", []uint{1, 2}),
		sidekick.ColumnOf("array", []celsius{1, 2}),
	} {
		rows := deployment.NewRows().Columns(column, sidekick.ColumnOf("category", []uint16{2}))
		categories := must[sidekick.Categories](t)(predict(t, deployment, rows).Categories("category"))
		if best := categories.Best(0); best.Label != "2" {
			t.Error(best)
		}
	}
}

func TestMistakesInColumnsNameRowAndFeature(t *testing.T) {
	deployment := open(t, "echo")
	for name, mistake := range map[string]struct {
		column  sidekick.Column
		status  sidekick.Status
		feature string
		row     int
	}{
		"unknown":    {sidekick.ColumnOf("x", []int{1, 2}), sidekick.StatusUnknownFeature, "x", -1},
		"none":       {sidekick.Column{}, sidekick.StatusUnknownFeature, "", -1},
		"short":      {sidekick.ColumnOf("text", []string{"x"}), sidekick.StatusFeatureShape, "text", -1},
		"long":       {sidekick.ColumnOf("number", []int{1, 2, 3}), sidekick.StatusFeatureShape, "number", -1},
		"in between": {sidekick.ColumnOf("array", make([]int, 13)), sidekick.StatusFeatureShape, "array", -1},
		"type":       {sidekick.ColumnOf("number", []string{"1", "2"}), sidekick.StatusFeatureType, "number", -1},
		"category":   {sidekick.ColumnOf("category", []string{"a", "d"}), sidekick.StatusFeatureValue, "category", 4},
		"not UTF-8":  {sidekick.ColumnOf("text", []string{"\xff", "x"}), sidekick.StatusArgument, "text", 3},
		"half":       {sidekick.ColumnOf("text", []string{"\xe2\x98", "\x83"}), sidekick.StatusArgument, "text", 3},
		"picture":    {sidekick.ColumnOf("picture", [][]byte{nil, nil}), sidekick.StatusImage, "picture", 3},
	} {
		t.Run(name, func(t *testing.T) {
			rows := deployment.NewRows()
			addEcho(rows, 0)
			rows.Columns(echoColumns(t, 1, 2)...)
			columns := echoColumns(t, 3, 4)
			for at, input := range []string{"array", "number", "category", "flag", "text", "picture", "grey"} {
				if input == mistake.feature || input == "flag" && mistake.status == sidekick.StatusUnknownFeature {
					columns[at] = mistake.column
				}
			}
			failed := failure(t, rows.Columns(columns...).Err(), mistake.status)
			if failed.Feature != mistake.feature || failed.Row != mistake.row {
				t.Errorf("%+v", failed)
			}
			if rows.Len() != 3 {
				t.Error(rows.Len())
			}
			rows.Clear()
			checkEcho(t, predict(t, deployment, rows.Columns(echoColumns(t, 0, 1)...)), 2)
		})
	}
}

func TestColumnsHaveToBeWhole(t *testing.T) {
	deployment := open(t, "echo")
	columns := echoColumns(t, 0)
	rows := deployment.NewRows()
	failure(t, rows.Columns(columns[1:]...).Err(), sidekick.StatusRowIncomplete)
	rows.Clear()
	failure(t, rows.Columns().Err(), sidekick.StatusRowIncomplete)
	rows.Clear()
	twice := failure(t, rows.Columns(append(columns, columns[1])...).Err(), sidekick.StatusFeatureTwice)
	if twice.Feature != "number" {
		t.Error(twice)
	}
	rows.Clear()
	failure(t, rows.Number("number", 1).Columns(columns...).Err(), sidekick.StatusRowIncomplete)
	rows.Clear()
	failure(t, rows.Number("x", 1).Columns(columns...).Err(), sidekick.StatusUnknownFeature)
	rows.Close()
	rows.Clear()
	if err := rows.Columns(columns...).Err(); !errors.Is(err, sidekick.ErrClosed) {
		t.Error(err)
	}
}

// TestColumnsOfOneMemory lends parts of one allocation as several columns, and has the garbage collector run
// meanwhile.
func TestColumnsOfOneMemory(t *testing.T) {
	deployment := open(t, "names")
	inputs := deployment.Inputs()
	values := make([]float64, len(inputs))
	var columns []sidekick.Column
	for at, input := range inputs {
		values[at] = float64(at)
		columns = append(columns, sidekick.ColumnOf(input.Name, values[at:at+1]))
	}
	rows := deployment.NewRows()
	for range 3 {
		rows.Columns(columns...)
		runtime.GC()
	}
	predictions := predict(t, deployment, rows)
	for at, output := range deployment.Outputs() {
		expected := []float64{float64(at), float64(at), float64(at)}
		if numbers := must[[]float64](t)(predictions.Numbers(output.Name)); !reflect.DeepEqual(numbers, expected) {
			t.Error(output.Name, numbers)
		}
	}
}

func ExampleRows_Columns() {
	ctx := context.Background()
	deployment, err := sidekick.Open(ctx, deploymentURL("language"), "language-token")
	if err != nil {
		log.Fatal(err)
	}
	defer deployment.Close()

	questions := []string{"Where is the nearest library?", "Wo ist die nächste Bibliothek?"}
	predictions, err := deployment.Predict(ctx, deployment.NewRows().Columns(sidekick.ColumnOf("text", questions)))
	if err != nil {
		log.Fatal(err)
	}
	languages, err := predictions.Categories("language")
	if err != nil {
		log.Fatal(err)
	}
	for row := range questions {
		fmt.Println(languages.Best(row).Label)
	}
	// Output:
	// English
	// German
}
