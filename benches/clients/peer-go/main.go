// What one would write in Go: net/http and encoding/json with typed structs, image/png and image/jpeg for pixels.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	side, channels = 224, 3
	elements       = side * side * channels
	width, height  = 640, 480
)

type tensor struct {
	Shape []int     `json:"shape"`
	Data  []float32 `json:"data"`
}

type prediction struct {
	Number float64            `json:"number"`
	Class  map[string]float64 `json:"class"`
	Array  tensor             `json:"array"`
}

type rowMaker func(row int) any

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: CLIENT KIND URL ROWS REQUESTS (and the data folder in SIDEKICK_BENCH_DATA)")
		os.Exit(2)
	}
	kind, url := os.Args[1], os.Args[2]
	rows, requests := number(os.Args[3]), number(os.Args[4])
	makeRow := newRowMaker(kind)
	measure(requests, func(index int) uint64 {
		batch := make([]any, rows)
		for row := range batch {
			batch[row] = makeRow(index*rows + row)
		}
		var sum uint64
		for _, result := range predict(url, batch) {
			sum += checksum(result)
		}
		return sum
	})
}

func predict(url string, rows []any) []prediction {
	body, err := json.Marshal(map[string]any{"rows": rows})
	check(err)
	request, err := http.NewRequest("POST", url, bytes.NewReader(body))
	check(err)
	request.Header.Set("Authorization", "Bearer token")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	check(err)
	var reply struct {
		Rows []prediction `json:"rows"`
	}
	check(json.Unmarshal(text, &reply))
	if len(reply.Rows) != len(rows) {
		check(fmt.Errorf("the reply has %d rows", len(reply.Rows)))
	}
	return reply.Rows
}

func newRowMaker(kind string) rowMaker {
	switch kind {
	case "table", "numbers":
		return tableRows(kind == "table")
	case "array":
		return arrayRows()
	case "jpeg":
		file := data("picture.jpg")
		return func(int) any { return map[string]any{"image": dataURL("jpeg", file)} }
	}
	picture := newPicture(data("pixels.rgb"))
	return func(int) any {
		var file bytes.Buffer
		if kind == "pixels-png" {
			encoder := png.Encoder{CompressionLevel: png.BestSpeed}
			check(encoder.Encode(&file, picture))
			return map[string]any{"image": dataURL("png", file.Bytes())}
		}
		check(jpeg.Encode(&file, picture, &jpeg.Options{Quality: 90}))
		return map[string]any{"image": dataURL("jpeg", file.Bytes())}
	}
}

func tableRows(whole bool) rowMaker {
	var table []map[string]any
	for _, line := range strings.Split(strings.TrimSpace(string(data("table.tsv"))), "\n") {
		row := map[string]any{}
		for index, field := range strings.Split(line, "\t") {
			switch {
			case index < 4 || index < 6 && whole:
				value, err := strconv.ParseFloat(field, 64)
				check(err)
				row[fmt.Sprint("number ", index+1)] = value
			case index >= 6 && whole:
				row[[]string{"text 1", "text 2", "category 1", "category 2"}[index-6]] = field
			}
		}
		table = append(table, row)
	}
	return func(row int) any { return table[row%len(table)] }
}

func arrayRows() rowMaker {
	values := make([]float32, 8*elements)
	check(binary.Read(bytes.NewReader(data("arrays.f32")), binary.LittleEndian, values))
	return func(row int) any {
		first := row % 8 * elements
		return map[string]any{"array": tensor{[]int{side, side, channels}, values[first : first+elements]}}
	}
}

func newPicture(pixels []byte) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for at := 0; at < width*height; at++ {
		copy(picture.Pix[4*at:], pixels[3*at:3*at+3])
		picture.Pix[4*at+3] = 255
	}
	return picture
}

func dataURL(kind string, file []byte) string {
	return "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(file)
}

func checksum(row prediction) uint64 {
	sum := uint64(math.Float32bits(float32(row.Number)))
	best, most := "", -1.0
	for label, value := range row.Class {
		sum += uint64(math.Float32bits(float32(value)))
		if value > most {
			best, most = label, value
		}
	}
	for _, letter := range []byte(best) {
		sum += 1000 * uint64(letter)
	}
	for _, value := range row.Array.Data {
		sum += uint64(math.Float32bits(value))
	}
	return sum
}

func measure(requests int, request func(index int) uint64) {
	request(0)
	var checksum uint64
	times := make([]float64, requests)
	start := time.Now()
	cpu, _ := usage()
	for index := range times {
		before := time.Now()
		checksum += request(index)
		times[index] = time.Since(before).Seconds()
	}
	wall := time.Since(start).Seconds()
	after, peak := usage()
	sort.Float64s(times)
	fmt.Printf("{\"wall\":%v,\"cpu\":%v,\"peak_kb\":%d,\"p50\":%v,\"checksum\":%d}\n", wall, after-cpu, peak,
		times[requests/2], checksum)
}

func usage() (float64, int64) {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	nanoseconds := usage.Utime.Nano() + usage.Stime.Nano()
	return float64(nanoseconds) / 1e9, int64(usage.Maxrss)
}

func data(name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(os.Getenv("SIDEKICK_BENCH_DATA"), name))
	check(err)
	return bytes
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
