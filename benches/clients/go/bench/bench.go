// Package bench is what the benchmark's Go clients share: the command line, the data, the clock, and the line
// they print.
package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// Side and Channels are the shape of the arrays, of which there are ArrayCount.
	Side, Channels, ArrayCount = 224, 3, 8
	// Elements is how many there are in an array.
	Elements = Side * Side * Channels
	// JPEGQuality is that of images sent as JPEG.
	JPEGQuality   = 90
	width, height = 640, 480
)

// Task is what a client gets: CLIENT KIND URL ROWS REQUESTS [IN_FLIGHT].
type Task struct {
	Kind, URL                string
	Rows, Requests, InFlight int
}

// Row is one of the table.
type Row struct {
	Numbers [6]float64
	// Texts are two texts and two categories.
	Texts [4]string
}

// Arguments are those of the command line; a wrong one ends the program.
func Arguments() Task {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr,
			"usage: CLIENT KIND URL ROWS REQUESTS [IN_FLIGHT] (and the data folder in SIDEKICK_BENCH_DATA)")
		os.Exit(2)
	}
	task := Task{Kind: os.Args[1], URL: os.Args[2], Rows: integer(os.Args[3]), Requests: integer(os.Args[4])}
	if len(os.Args) > 5 {
		task.InFlight = integer(os.Args[5])
	}
	return task
}

// Data is a file of the benchmark's data.
func Data(name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(os.Getenv("SIDEKICK_BENCH_DATA"), name))
	Check(err)
	return bytes
}

// Table is the table's rows.
func Table() []Row {
	var table []Row
	for _, line := range strings.Split(strings.TrimSpace(string(Data("table.tsv"))), "\n") {
		var row Row
		fields := strings.Split(line, "\t")
		for at := range row.Numbers {
			number, err := strconv.ParseFloat(fields[at], 64)
			Check(err)
			row.Numbers[at] = number
		}
		copy(row.Texts[:], fields[len(row.Numbers):])
		table = append(table, row)
	}
	return table
}

// Arrays are the elements of each array.
func Arrays() [][]float32 {
	values := make([]float32, ArrayCount*Elements)
	Check(binary.Read(bytes.NewReader(Data("arrays.f32")), binary.LittleEndian, values))
	arrays := make([][]float32, ArrayCount)
	for at := range arrays {
		arrays[at] = values[at*Elements : (at+1)*Elements]
	}
	return arrays
}

// Picture is the one that is sent as PNG or JPEG, in the form that Go's encoders are fastest with.
func Picture() image.Image {
	pixels := Data("pixels.rgb")
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for at := 0; at < width*height; at++ {
		copy(picture.Pix[4*at:], pixels[3*at:3*at+3])
		picture.Pix[4*at+3] = 255
	}
	return picture
}

// Stride is the distance between the elements of an array that are added to the checksum, as in bench.h.
func Stride(task Task) int {
	if task.Rows > 1 && task.Kind == "tensor-features" {
		return 16
	}
	return 1
}

// Bits is what a number adds to the checksum.
func Bits(value float64) uint64 { return uint64(math.Float32bits(float32(value))) }

// Label is what a row's best label adds to the checksum.
func Label(label string) uint64 {
	var sum uint64
	for at := range len(label) {
		sum += uint64(label[at])
	}
	return 1000 * sum
}

// Measure makes requests, of which the caller made one before to warm up, and prints what they took. A
// request's result is its share of the checksum.
func Measure(requests int, request func(index int) uint64) {
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

// Check ends the program if there is an error.
func Check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func usage() (float64, int64) {
	var usage syscall.Rusage
	Check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	nanoseconds := usage.Utime.Nano() + usage.Stime.Nano()
	return float64(nanoseconds) / 1e9, int64(usage.Maxrss)
}

func integer(text string) int {
	value, err := strconv.Atoi(text)
	Check(err)
	return value
}
