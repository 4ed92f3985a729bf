// The library from Go: tables column by column, or value by value if there is one row a request, or the
// task says so.
package main

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"libsidekick.dev/go/benches/bench"
	"libsidekick.dev/go/sidekick"
)

// addRows adds rows that follow one another.
type addRows func(rows *sidekick.Rows, first, count int)

// addRow adds a row's values.
type addRow func(rows *sidekick.Rows, row int)

type client struct {
	deployment *sidekick.Deployment
	outputs    []sidekick.Feature
	rows       *sidekick.Rows
	add        addRows
	stride     int
}

func main() {
	// C's allocator keeps memory by thread: with large results, a loop like this does well to stay on one.
	runtime.LockOSThread()
	// Kept to one core, Go has one processor by default, and gives it away at each call into C that takes a
	// while.
	runtime.GOMAXPROCS(max(2, runtime.NumCPU()))
	task := bench.Arguments()
	options := []sidekick.Option{sidekick.WithBatchRows(task.Rows)}
	if task.InFlight > 0 {
		options = append(options, sidekick.WithMaxInFlight(task.InFlight))
	}
	deployment, err := sidekick.Open(context.Background(), task.URL, "token", options...)
	bench.Check(err)
	defer deployment.Close()
	it := client{deployment, deployment.Outputs(), deployment.NewRows(), newAddRows(task), bench.Stride(task)}
	defer it.rows.Close()

	if task.InFlight > 0 {
		it.predict(0, task.Rows*task.InFlight)
		bench.Measure(1, func(int) uint64 { return it.predict(0, task.Rows*task.Requests) })
	} else {
		it.predict(0, task.Rows)
		bench.Measure(task.Requests, func(index int) uint64 { return it.predict(index*task.Rows, task.Rows) })
	}
}

// predict adds rows, predicts them, and reads every result, a column at a time.
func (it client) predict(first, count int) uint64 {
	it.rows.Clear()
	it.add(it.rows, first, count)
	predictions, err := it.deployment.Predict(context.Background(), it.rows)
	bench.Check(err)
	defer predictions.Close()
	if predictions.Len() != count {
		bench.Check(fmt.Errorf("there are predictions for %d rows", predictions.Len()))
	}
	var sum uint64
	for _, output := range it.outputs {
		sum += checksum(predictions, output, it.stride)
	}
	return sum
}

func newAddRows(task bench.Task) addRows {
	if task.Kind == "table" && task.Rows > 1 {
		return newAddColumns()
	}
	if task.Kind == "tensor-columns" {
		return newAddTensorColumns()
	}
	add := newAddRow(task.Kind)
	return func(rows *sidekick.Rows, first, count int) {
		for row := first; row < first+count; row++ {
			add(rows, row)
			rows.End()
		}
	}
}

func newAddRow(kind string) addRow {
	switch kind {
	case "table", "table-values", "numbers":
		return newAddTableRow(kind != "numbers")
	case "tensor-features":
		var features []sidekick.Array
		for _, row := range bench.Table() {
			features = append(features, sidekick.ArrayOf(float32s(row.Numbers[:]), len(row.Numbers)))
		}
		return func(rows *sidekick.Rows, row int) { rows.Array("features", features[row%len(features)]) }
	case "array", "tensor-array":
		var arrays []sidekick.Array
		for _, elements := range bench.Arrays() {
			arrays = append(arrays, sidekick.ArrayOf(elements, bench.Side, bench.Side, bench.Channels))
		}
		return func(rows *sidekick.Rows, row int) { rows.Array("array", arrays[row%len(arrays)]) }
	case "jpeg":
		file := bench.Data("picture.jpg")
		return func(rows *sidekick.Rows, _ int) { rows.EncodedImage("image", file) }
	}
	picture := bench.Picture()
	if kind == "pixels-png" {
		return func(rows *sidekick.Rows, _ int) { rows.Image("image", picture) }
	}
	return func(rows *sidekick.Rows, _ int) { rows.JPEG("image", picture, bench.JPEGQuality) }
}

func newAddColumns() addRows {
	table := bench.Table()
	var numbers [6][]float64
	var texts [4][]string
	for _, row := range table {
		for i, number := range row.Numbers {
			numbers[i] = append(numbers[i], number)
		}
		for i, text := range row.Texts {
			texts[i] = append(texts[i], text)
		}
	}
	return func(rows *sidekick.Rows, first, count int) {
		for added := 0; added < count; {
			start := (first + added) % len(table)
			end := min(len(table), start+count-added)
			rows.Columns(
				sidekick.ColumnOf("number 1", numbers[0][start:end]),
				sidekick.ColumnOf("number 2", numbers[1][start:end]),
				sidekick.ColumnOf("number 3", numbers[2][start:end]),
				sidekick.ColumnOf("number 4", numbers[3][start:end]),
				sidekick.ColumnOf("number 5", numbers[4][start:end]),
				sidekick.ColumnOf("number 6", numbers[5][start:end]),
				sidekick.ColumnOf("text 1", texts[0][start:end]),
				sidekick.ColumnOf("text 2", texts[1][start:end]),
				sidekick.ColumnOf("category 1", texts[2][start:end]),
				sidekick.ColumnOf("category 2", texts[3][start:end]))
			added += end - start
		}
	}
}

// newAddTensorColumns adds the whole table, each column in the type of its tensor.
func newAddTensorColumns() addRows {
	table := bench.Table()
	var numbers [6][]float64
	var texts [2][]string
	var codes [2][]int64
	for _, row := range table {
		for i, number := range row.Numbers {
			numbers[i] = append(numbers[i], number)
		}
		for i := range texts {
			label := row.Texts[2+i]
			texts[i] = append(texts[i], row.Texts[i])
			codes[i] = append(codes[i], int64(label[len(label)-1]-'a'))
		}
	}
	floats := [3][]float32{float32s(numbers[3]), float32s(numbers[4]), float32s(numbers[5])}
	return func(rows *sidekick.Rows, _, count int) {
		for range count / len(table) {
			rows.Columns(
				sidekick.ColumnOf("number 1", numbers[0]),
				sidekick.ColumnOf("number 2", numbers[1]),
				sidekick.ColumnOf("number 3", numbers[2]),
				sidekick.ColumnOf("number 4", floats[0]),
				sidekick.ColumnOf("number 5", floats[1]),
				sidekick.ColumnOf("number 6", floats[2]),
				sidekick.ColumnOf("text 1", texts[0]),
				sidekick.ColumnOf("text 2", texts[1]),
				sidekick.ColumnOf("category 1", codes[0]),
				sidekick.ColumnOf("category 2", codes[1]))
		}
	}
}

func float32s(values []float64) []float32 {
	narrow := make([]float32, len(values))
	for at, value := range values {
		narrow[at] = float32(value)
	}
	return narrow
}

func newAddTableRow(whole bool) addRow {
	table := bench.Table()
	return func(rows *sidekick.Rows, row int) {
		values := &table[row%len(table)]
		rows.Number("number 1", values.Numbers[0]).Number("number 2", values.Numbers[1])
		rows.Number("number 3", values.Numbers[2]).Number("number 4", values.Numbers[3])
		if whole {
			rows.Number("number 5", values.Numbers[4]).Number("number 6", values.Numbers[5])
			rows.Text("text 1", values.Texts[0]).Text("text 2", values.Texts[1])
			rows.Category("category 1", values.Texts[2]).Category("category 2", values.Texts[3])
		}
	}
}

func checksum(predictions *sidekick.Predictions, output sidekick.Feature, stride int) uint64 {
	if output.Type == sidekick.Categorical {
		return categoriesChecksum(predictions, output.Name)
	}
	var sum uint64
	if output.IsArray() {
		arrays, err := predictions.Arrays(output.Name)
		bench.Check(err)
		for _, array := range arrays {
			for at := 0; at < len(array); at += stride {
				sum += uint64(math.Float32bits(array[at]))
			}
		}
		return sum
	}
	numbers, err := predictions.Numbers(output.Name)
	bench.Check(err)
	for _, number := range numbers {
		sum += bench.Bits(number)
	}
	return sum
}

func categoriesChecksum(predictions *sidekick.Predictions, output string) uint64 {
	categories, err := predictions.Categories(output)
	bench.Check(err)
	var sum uint64
	for _, probability := range categories.Matrix {
		sum += bench.Bits(probability)
	}
	for row := range predictions.Len() {
		sum += bench.Label(categories.Best(row).Label)
	}
	return sum
}
