// What one would write in Go: net/http and encoding/json with typed structs, image/png and image/jpeg for
// pixels.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"

	"libsidekick.dev/go/benches/bench"
)

type table struct {
	numbers
	Number5   float64 `json:"number 5"`
	Number6   float64 `json:"number 6"`
	Text1     string  `json:"text 1"`
	Text2     string  `json:"text 2"`
	Category1 string  `json:"category 1"`
	Category2 string  `json:"category 2"`
}

type numbers struct {
	Number1 float64 `json:"number 1"`
	Number2 float64 `json:"number 2"`
	Number3 float64 `json:"number 3"`
	Number4 float64 `json:"number 4"`
}

type tensor struct {
	Shape []int     `json:"shape"`
	Data  []float32 `json:"data"`
}

type array struct {
	Array tensor `json:"array"`
}

type picture struct {
	Image string `json:"image"`
}

type prediction struct {
	Number float64            `json:"number"`
	Class  map[string]float64 `json:"class"`
	Array  tensor             `json:"array"`
}

func main() {
	task := bench.Arguments()
	switch task.Kind {
	case "table":
		rows := bench.Table()
		run(task, func(row int) table { return tableRow(&rows[row%len(rows)]) })
	case "numbers":
		rows := bench.Table()
		run(task, func(row int) numbers { return numbersRow(&rows[row%len(rows)]) })
	case "array":
		arrays, shape := bench.Arrays(), []int{bench.Side, bench.Side, bench.Channels}
		run(task, func(row int) array { return array{tensor{shape, arrays[row%len(arrays)]}} })
	default:
		dataURL := newDataURL(task.Kind)
		run(task, func(int) picture { return picture{dataURL()} })
	}
}

// run sends rows of a type and reads the typed results.
func run[Row any](task bench.Task, row func(index int) Row) {
	request := func(index int) uint64 {
		batch := make([]Row, task.Rows)
		for at := range batch {
			batch[at] = row(index*task.Rows + at)
		}
		var sum uint64
		for _, result := range predict(task.URL, batch) {
			sum += checksum(result)
		}
		return sum
	}
	request(0)
	bench.Measure(task.Requests, request)
}

func predict[Row any](url string, rows []Row) []prediction {
	body, err := json.Marshal(map[string][]Row{"rows": rows})
	bench.Check(err)
	request, err := http.NewRequest("POST", url, bytes.NewReader(body))
	bench.Check(err)
	request.Header.Set("Authorization", "Bearer token")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	bench.Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	bench.Check(err)
	var reply struct {
		Rows []prediction `json:"rows"`
	}
	bench.Check(json.Unmarshal(text, &reply))
	if len(reply.Rows) != len(rows) {
		bench.Check(fmt.Errorf("the response has %d rows", len(reply.Rows)))
	}
	return reply.Rows
}

func tableRow(row *bench.Row) table {
	return table{
		numbersRow(row), row.Numbers[4], row.Numbers[5],
		row.Texts[0], row.Texts[1], row.Texts[2], row.Texts[3],
	}
}

func numbersRow(row *bench.Row) numbers {
	return numbers{row.Numbers[0], row.Numbers[1], row.Numbers[2], row.Numbers[3]}
}

// newDataURL makes a row's data URL, of the image's file or of its pixels.
func newDataURL(kind string) func() string {
	if kind == "jpeg" {
		file := bench.Data("picture.jpg")
		return func() string { return dataURL("jpeg", file) }
	}
	pixels := bench.Picture()
	var file bytes.Buffer
	if kind == "pixels-png" {
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		return func() string {
			file.Reset()
			bench.Check(encoder.Encode(&file, pixels))
			return dataURL("png", file.Bytes())
		}
	}
	return func() string {
		file.Reset()
		bench.Check(jpeg.Encode(&file, pixels, &jpeg.Options{Quality: bench.JPEGQuality}))
		return dataURL("jpeg", file.Bytes())
	}
}

func dataURL(kind string, file []byte) string {
	url := append(make([]byte, 0, base64.StdEncoding.EncodedLen(len(file))+32), "data:image/"+kind+";base64,"...)
	return string(base64.StdEncoding.AppendEncode(url, file))
}

func checksum(row prediction) uint64 {
	sum := bench.Bits(row.Number)
	best, most := "", -1.0
	for label, value := range row.Class {
		sum += bench.Bits(value)
		if value > most {
			best, most = label, value
		}
	}
	sum += bench.Label(best)
	for _, value := range row.Array.Data {
		sum += bench.Bits(float64(value))
	}
	return sum
}
