// Scenarios runs scenarios against a server of the Open Inference Protocol: scenarios URL NAME...
// It prints a line for each: its name and what came of it. expected.py says what has to come.
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"libsidekick.dev/go/sidekick"
)

var (
	base string
	ctx  = context.Background()
)

// must ends the scenario at an error.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func open(name string, options ...sidekick.Option) *sidekick.Deployment {
	return must(sidekick.Open(ctx, base+"/v2/models/"+name, "", options...))
}

// predict gives the predictions for rows of one number.
func predict(model *sidekick.Deployment, numbers ...float64) *sidekick.Predictions {
	rows := model.NewRows()
	for _, number := range numbers {
		rows.Number(model.Inputs()[0].Name, number).End()
	}
	return must(model.Predict(ctx, rows))
}

func side(features []sidekick.Feature) string {
	texts := []string{}
	for _, feature := range features {
		texts = append(texts, fmt.Sprintf("%s [%d]", feature.Name, feature.Shape[0]))
	}
	return strings.Join(texts, ", ")
}

func describe() {
	model := open("table")
	fmt.Print(side(model.Inputs()), " -> ", side(model.Outputs()))
}

func limit() {
	fmt.Print(open("batch").BatchLimit())
}

func oneRow(options ...sidekick.Option) {
	model := open("table", options...)
	rows := model.NewRows().Number("sepal_length", 5.9).Number("sepal_width", 3).Number("petal_length", 4.2)
	found := must(model.Predict(ctx, rows.Number("petal_width", 1.5).End()))
	shares := must(sidekick.Elements[float64](found, "predict_proba"))
	fmt.Printf("%.0f: %.4f %.4f %.4f", must(found.Numbers("predict"))[0], shares[0], shares[1], shares[2])
}

// columns predicts a table of 128 flowers, added by columns.
func columns(options ...sidekick.Option) {
	var a, b, c, d []float64
	for row := range 128 {
		a = append(a, 4.3+float64(row%32)*0.1)
		b = append(b, 2.0+float64(row%16)*0.15)
		c = append(c, 1.0+float64(row%64)*0.09)
		d = append(d, 0.1+float64(row%8)*0.3)
	}
	model := open("table", options...)
	rows := model.NewRows().Columns(
		sidekick.ColumnOf("sepal_length", a), sidekick.ColumnOf("sepal_width", b),
		sidekick.ColumnOf("petal_length", c), sidekick.ColumnOf("petal_width", d))
	found := must(model.Predict(ctx, rows))
	counts := [3]int{}
	for _, species := range must(found.Numbers("predict")) {
		counts[int(species)%3]++
	}
	fmt.Printf("%d rows: %d %d %d", found.Len(), counts[0], counts[1], counts[2])
}

// batches predicts more rows than fit in a request; the model returns how many each had.
func batches() {
	model := open("batch", sidekick.WithBatchRows(12))
	numbers := []float64{}
	for row := range 20 {
		numbers = append(numbers, float64(row))
	}
	found := predict(model, numbers...)
	counts := must(sidekick.Elements[int64](found, "rows"))
	for row := 0; row < len(counts); row += int(counts[row]) {
		fmt.Print(counts[row], " ")
	}
	fmt.Printf("rows, the last %.0f", must(found.Numbers("y"))[19])
}

func stream() {
	type Number struct {
		X float64 `sidekick:"x"`
	}
	type Double struct {
		Y float64 `sidekick:"y"`
	}
	model := open("batch", sidekick.WithBatchRows(4), sidekick.WithMaxInFlight(3))
	numbers := func(yield func(Number) bool) {
		for row := 0; row < 40 && yield(Number{float64(row)}); row++ {
		}
	}
	count, order := 0, "in order"
	for double, err := range sidekick.PredictSeq[Double](ctx, model, numbers) {
		if must(double, err).Y != float64(2*count) {
			order = "out of order"
		}
		count++
	}
	fmt.Printf("%d rows, %s", count, order)
}

// fixed predicts by a model without an axis for rows: each row is a request.
func fixed() {
	model := open("fixed", sidekick.WithMaxInFlight(3))
	rows := model.NewRows()
	for row := range 5 {
		rows.Array("x", sidekick.ArrayOf([]float32{float32(row), 1})).End()
	}
	found := must(must(model.Predict(ctx, rows)).Numbers("y"))
	fmt.Print(strings.Trim(fmt.Sprint(found), "[]"))
}

func put[T sidekick.Element](rows *sidekick.Rows, name string, a, b T) {
	rows.Array(name, sidekick.ArrayOf([]T{a, b}))
}

func get[T sidekick.Element](found *sidekick.Predictions, name, format string) {
	pair := must(sidekick.Elements[T](found, name))
	if name != "BOOL" {
		fmt.Print("; ")
	}
	fmt.Printf("%s "+format+" "+format, name, pair[0], pair[1])
}

// types adds and reads an array of each type.
func types() {
	model := open("types")
	rows := model.NewRows()
	put[uint8](rows, "BOOL", 1, 0)
	put[uint8](rows, "UINT8", 0, 254)
	put[uint16](rows, "UINT16", 0, 65534)
	put[uint32](rows, "UINT32", 0, 4294967294)
	put[uint64](rows, "UINT64", 9007199254740993, 18446744073709551614)
	put[int8](rows, "INT8", -128, 126)
	put[int16](rows, "INT16", -32768, 32766)
	put[int32](rows, "INT32", math.MinInt32, 2147483646)
	put[int64](rows, "INT64", math.MinInt64, 9007199254740993)
	put[float32](rows, "FP32", 0.1, -1.5)
	put[float64](rows, "FP64", 0.1, 1e300)
	found := must(model.Predict(ctx, rows.End()))
	get[uint8](found, "BOOL", "%d")
	get[uint8](found, "UINT8", "%d")
	get[uint16](found, "UINT16", "%d")
	get[uint32](found, "UINT32", "%d")
	get[uint64](found, "UINT64", "%d")
	get[int8](found, "INT8", "%d")
	get[int16](found, "INT16", "%d")
	get[int32](found, "INT32", "%d")
	get[int64](found, "INT64", "%d")
	get[float32](found, "FP32", "%.9g")
	get[float64](found, "FP64", "%.17g")
}

func addFloats(rows *sidekick.Rows, values ...float64) {
	narrow := []float32{}
	for _, value := range values {
		narrow = append(narrow, float32(value))
	}
	rows.Array("f", sidekick.ArrayOf(narrow)).Array("d", sidekick.ArrayOf(values)).End()
}

// floats predicts twice: the first response tells whether the server takes bytes.
func floats() {
	model := open("floats")
	rows := model.NewRows()
	addFloats(rows, 1, 2, 3)
	must(model.Predict(ctx, rows))
	rows.Clear()
	addFloats(rows, math.NaN(), math.Inf(1), math.Inf(-1))
	found := must(model.Predict(ctx, rows))
	f, d := must(sidekick.Elements[float32](found, "f")), must(sidekick.Elements[float64](found, "d"))
	texts := fmt.Sprint(f[0], f[1], f[2], d[0], d[1], d[2])
	fmt.Print(strings.ToLower(strings.ReplaceAll(texts, "+", "")))
}

func sixteenBits(name string, options ...sidekick.Option) {
	model := open(name, options...)
	rows := model.NewRows().Array("x", sidekick.ArrayOf([]float32{0.5, -2})).End()
	pair := must(must(model.Predict(ctx, rows)).Arrays("y"))[0]
	fmt.Print(pair[0], " ", pair[1])
}

func text() {
	model := open("text")
	rows := model.NewRows()
	for _, text := range []string{"grüße", "", "two\nlines"} {
		rows.Text("text", text).End()
	}
	capitals := must(must(model.Predict(ctx, rows)).Texts("capitals"))
	fmt.Print(strings.ReplaceAll(strings.Join(capitals, "|"), "\n", "/"))
}

func image() {
	pixels := make([]uint8, 192)
	for at := range pixels {
		pixels[at] = uint8(at / 3 * (at % 3))
	}
	model := open("image")
	rows := model.NewRows().Array("image", sidekick.ArrayOf(pixels, 8, 8, 3)).End()
	scores := must(must(model.Predict(ctx, rows)).Arrays("scores"))[0]
	fmt.Print(scores[0], " ", scores[1], " ", scores[2])
}

// isolate lets the rows that the model refuses fail alone.
func isolate(name string, options ...sidekick.Option) {
	options = append(options, sidekick.WithIsolateBadRows(true))
	found := predict(open(name, options...), 1, -1, 2, -2, 3)
	for _, y := range must(found.Numbers("y")) {
		fmt.Print(y, " ")
	}
	fmt.Print("without")
	for _, failure := range found.Failures() {
		fmt.Print(" ", failure.Row)
	}
}

// cancel cancels a call that takes ten seconds, then uses the deployment again.
func cancel() {
	model := open("slow")
	soon, stop := context.WithTimeout(ctx, 200*time.Millisecond)
	defer stop()
	if _, err := model.Predict(soon, model.NewRows().Number("wait", 10).End()); errors.Is(err,
		sidekick.StatusCancelled) {
		fmt.Print("cancelled, then ")
	}
	fmt.Print(must(predict(model, 0).Numbers("waited"))[0])
}

func versions() {
	first, second := open("factor/versions/1"), open("factor/versions/2")
	fmt.Print(must(predict(first, 5).Numbers("y"))[0], " by ", first.ModelVersion(), ", ")
	fmt.Print(must(predict(second, 5).Numbers("y"))[0], " by ", second.ModelVersion())
}

func sizes() {
	model := open("sizes")
	rows := model.NewRows()
	for _, values := range [][]float32{{1, 2}, {3, 4, 5}, {6}} {
		rows.Array("x", sidekick.ArrayOf(values)).End()
	}
	texts := []string{}
	for _, values := range must(must(model.Predict(ctx, rows)).Arrays("y")) {
		texts = append(texts, strings.Trim(fmt.Sprint(values), "[]"))
	}
	fmt.Print(strings.Join(texts, "; "))
}

func integer() {
	model := open("count")
	found := must(model.Predict(ctx, model.NewRows().Integer("count", 9007199254740993).End()))
	fmt.Print(must(found.Integers("next"))[0])
}

func bytes() {
	model := open("reverse", sidekick.WithModelDescription(`{
		"inputs": [{"name": "data", "type": "bytes"}], "outputs": [{"name": "reversed", "type": "bytes"}]}`))
	found := must(model.Predict(ctx, model.NewRows().Bytes("data", []byte{0xff, 0, 0x80}).End()))
	fmt.Printf("% x", must(found.Bytes("reversed"))[0])
}

const irisLabels = `{"outputs": [{"name": "predict_proba", "labels": ["setosa", "versicolor", "virginica"]}]}`

func species(options ...sidekick.Option) {
	model := open("iris", options...)
	rows := model.NewRows().Number("sepal_length", 5.9).Number("sepal_width", 3).Number("petal_length", 4.2)
	found := must(model.Predict(ctx, rows.Number("petal_width", 1.5).End()))
	best, outputs, end := must(found.Categories("predict_proba")).Best(0), len(model.Outputs()), "s"
	if outputs == 1 {
		end = ""
	}
	fmt.Printf("%s %.4f, %d output%s", best.Label, best.Probability, outputs, end)
}

// optional leaves an input out of the second row.
func optional(options ...sidekick.Option) {
	model := open("optional", options...)
	rows := model.NewRows().Number("x", 1).Number("offset", 5).End().Number("x", 1).End()
	y := must(must(model.Predict(ctx, rows)).Numbers("y"))
	fmt.Print(y[0], " ", y[1])
}

// models opens the URL of a server, which is no model's: the error names those that there are.
func models() {
	_, err := sidekick.Open(ctx, base+"/v2", "")
	if err == nil || !strings.Contains(err.Error(), "floats") {
		fmt.Print("not ")
	}
	fmt.Print("named")
}

var scenarios = map[string]func(){
	"describe":        describe,
	"limit":           limit,
	"one row":         func() { oneRow() },
	"JSON":            func() { oneRow(sidekick.WithWire(sidekick.WireJSON)) },
	"columns":         func() { columns() },
	"gzip":            func() { columns(sidekick.WithRequestGzip(true)) },
	"batches":         batches,
	"stream":          stream,
	"fixed":           fixed,
	"types":           types,
	"NaN":             floats,
	"FP16":            func() { sixteenBits("half") },
	"FP16 as JSON":    func() { sixteenBits("half", sidekick.WithWire(sidekick.WireJSON)) },
	"BF16":            func() { sixteenBits("bfloat") },
	"text":            text,
	"image":           image,
	"unknown model":   func() { open("nothing") },
	"unknown version": func() { open("factor/versions/9") },
	"wrong value":     func() { predict(open("batch"), 1e39) },
	"model's error":   func() { predict(open("failing"), 1) },
	"bad rows":        func() { isolate("picky") },
	"failing rows":    func() { isolate("brittle", sidekick.WithIsolateStatus500(true)) },
	"cancel":          cancel,
	"versions":        versions,
	"sizes":           sizes,
	"integer":         integer,
	"bytes":           bytes,
	"labels":          func() { species(sidekick.WithModelDescription(irisLabels)) },
	"server's labels": func() { species() },
	"optional": func() {
		optional(sidekick.WithModelDescription(`{"inputs": [{"name": "offset", "optional": true}]}`))
	},
	"server's optional": func() { optional() },
	"models":            models,
}

// shortForm is an error as every language can print it.
func shortForm(err *sidekick.Error) string {
	switch {
	case err.HTTPStatus != 0:
		return fmt.Sprint("HTTP ", err.HTTPStatus)
	case errors.Is(err, sidekick.ErrInput):
		return "refused"
	case errors.Is(err, sidekick.StatusTimeout):
		return "out of time"
	}
	return "error"
}

// run prints what comes of a scenario.
func run(name string) {
	fmt.Print(name, ": ")
	defer fmt.Println()
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case *sidekick.Error:
			fmt.Print(shortForm(failed))
			fmt.Fprintln(os.Stderr, "  Go:", failed)
		default:
			panic(failed)
		}
	}()
	scenarios[name]()
}

func main() {
	base = os.Args[1]
	for _, name := range os.Args[2:] {
		run(name)
	}
}
