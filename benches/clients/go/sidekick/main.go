// The library from Go.
package main

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"libsidekick.dev/go/benches/bench"
	"libsidekick.dev/go/sidekick"
)

// addRow adds a row's values.
type addRow func(rows *sidekick.Rows, row int)

type client struct {
	deployment *sidekick.Deployment
	outputs    []sidekick.Feature
	rows       *sidekick.Rows
	add        addRow
}

func main() {
	// C's allocator keeps memory by thread: with large results, a loop like this does well to stay on one.
	runtime.LockOSThread()
	task := bench.Arguments()
	options := []sidekick.Option{sidekick.WithBatchRows(task.Rows)}
	if task.InFlight > 0 {
		options = append(options, sidekick.WithMaxInFlight(task.InFlight))
	}
	deployment, err := sidekick.Open(context.Background(), task.URL, "token", options...)
	bench.Check(err)
	defer deployment.Close()
	it := client{deployment, deployment.Outputs(), deployment.NewRows(), newAddRow(task.Kind)}
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
	for row := first; row < first+count; row++ {
		it.add(it.rows, row)
		it.rows.End()
	}
	predictions, err := it.deployment.Predict(context.Background(), it.rows)
	bench.Check(err)
	defer predictions.Close()
	if predictions.Len() != count {
		bench.Check(fmt.Errorf("there are predictions for %d rows", predictions.Len()))
	}
	var sum uint64
	for _, output := range it.outputs {
		sum += checksum(predictions, output)
	}
	return sum
}

func newAddRow(kind string) addRow {
	switch kind {
	case "table", "numbers":
		return newAddTableRow(kind == "table")
	case "array":
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

func checksum(predictions *sidekick.Predictions, output sidekick.Feature) uint64 {
	if output.Type == sidekick.Categorical {
		return categoriesChecksum(predictions, output.Name)
	}
	var sum uint64
	if output.IsArray() {
		arrays, err := predictions.Arrays(output.Name)
		bench.Check(err)
		for _, array := range arrays {
			for _, element := range array {
				sum += uint64(math.Float32bits(element))
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
