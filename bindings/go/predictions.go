package sidekick

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	// The formats a server may send.
	_ "image/jpeg"
	_ "image/png"
	"math"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Predictions are the outputs for some rows, in the order of the rows: ordinary Go memory, whatever becomes
// of the deployment. They are shared freely between goroutines, and so must not be changed: readers hand out
// a whole column, without copying it.
type Predictions struct {
	outputs  *outputs
	rows     int
	failures []*Error
	// columns are there until the predictions are closed.
	columns atomic.Pointer[[]column]
}

// outputs are the outputs of a deployment, and the memory of closed predictions for those that come next.
type outputs struct {
	features
	spares sync.Pool
}

// takeSpare is columns for new predictions, with or without memory.
func (o *outputs) takeSpare() *[]column {
	if spare, there := o.spares.Get().(*[]column); there {
		return spare
	}
	columns := make([]column, len(o.list))
	return &columns
}

// column is one output of all rows; which of its fields are there depends on the output.
type column struct {
	numbers   []float64 // numbers, or a matrix of probabilities
	labels    []string  // of the matrix
	elements  []float32 // of arrays, one after another
	kept      []uint64  // the elements in the type of their tensor, unless they are the numbers or the elements
	keptBytes int
	element   ElementType // of the elements, as the model has them
	size      int         // of an array
	shapes    [][]int     // of each row's array, if a size of the shape is free
	ends      []int       // of each row's array
	texts     []string
	bytes     [][]byte
	pictures  []Picture
}

// Len is how many rows there are.
func (p *Predictions) Len() int { return p.rows }

// Failures are the errors of the rows that the server refused: one error a row, in their order, its Row
// counted over the rows that were sent. There are some only with WithIsolateBadRows; the predictions are
// those of all the other rows.
func (p *Predictions) Failures() []*Error { return slices.Clone(p.failures) }

// sent is how many rows were sent.
func (p *Predictions) sent() int { return p.rows + len(p.failures) }

// SentRow is which of the rows that were sent prediction row is of: they differ after a row that failed.
func (p *Predictions) SentRow(row int) int {
	for _, failure := range p.failures {
		if failure.Row > row {
			break
		}
		row++
	}
	return row
}

// Outputs are the features predicted: copies, which the caller may change.
func (p *Predictions) Outputs() []Feature { return p.outputs.copies() }

// Close hands the memory of numbers, probabilities and arrays on to the predictions that come next, which
// spares a program that predicts again and again the time to make it and to collect it. Nobody has to close
// predictions: the garbage collector takes those that are forgotten. Behind it readers fail with [ErrClosed],
// and the slices that they handed out before must not be used any more, for others write to them. To close
// them again does nothing. It always returns nil.
func (p *Predictions) Close() error {
	if columns := p.columns.Swap(nil); columns != nil {
		p.outputs.spares.Put(columns)
	}
	return nil
}

// Numbers are the numbers of a numeric output of shape [1], or the probabilities of a binary output, one a
// row.
func (p *Predictions) Numbers(output string) ([]float64, error) {
	column, err := p.column(output, "numbers", func(feature Feature) bool {
		return feature.Type == Binary || feature.Type == Numeric && !feature.IsArray()
	})
	return column.numbers, err
}

// Integers are the numbers of a numeric output of shape [1], or the values of a binary output, as integers:
// an INT64 keeps all its digits. A number that is not whole, or beyond 64 bits, fails with
// [StatusFeatureValue].
func (p *Predictions) Integers(output string) ([]int64, error) {
	column, err := p.column(output, "integers", func(feature Feature) bool {
		return feature.Type == Binary || feature.Type == Numeric && !feature.IsArray()
	})
	if err != nil {
		return nil, err
	}
	integers := make([]int64, p.rows)
	for row := range integers {
		if integers[row], err = column.integer(row); err != nil {
			return nil, newInputError(StatusFeatureValue, row, output, "%v", err)
		}
	}
	return integers, nil
}

// Texts are the texts of a text output, one a row.
func (p *Predictions) Texts(output string) ([]string, error) {
	column, err := p.column(output, "texts", func(feature Feature) bool { return feature.Type == Text })
	return column.texts, err
}

// Bytes are the values of an output of the type [Bytes], one a row.
func (p *Predictions) Bytes(output string) ([][]byte, error) {
	column, err := p.column(output, "bytes", func(feature Feature) bool { return feature.Type == Bytes })
	return column.bytes, err
}

// Pictures are the images of an image output, one a row.
func (p *Predictions) Pictures(output string) ([]Picture, error) {
	column, err := p.column(output, "pictures", func(feature Feature) bool { return feature.Type == Image })
	return column.pictures, err
}

// Arrays are the elements, row-major, of an array output, one slice a row. Their shape is the output's; if
// that has a [SizeAny], [Predictions.Shapes] has the shape of each row.
func (p *Predictions) Arrays(output string) ([][]float32, error) {
	column, err := p.column(output, "arrays", Feature.IsArray)
	if err != nil {
		return nil, err
	}
	arrays := make([][]float32, p.rows)
	for row := range arrays {
		arrays[row] = column.array(row)
	}
	return arrays, nil
}

// Shapes are the shapes of the arrays of an array output, one a row: that of the output, and a size for each
// that is [SizeAny] there.
func (p *Predictions) Shapes(output string) ([][]int, error) {
	column, err := p.column(output, "arrays", Feature.IsArray)
	if err != nil || column.shapes != nil {
		return column.shapes, err
	}
	at, _ := p.outputs.find(output)
	return slices.Repeat([][]int{slices.Clone(p.outputs.list[at].Shape)}, p.rows), nil
}

// Elements are the elements of all rows of an output in the type that the model's tensor has, without loss:
// those of arrays, numbers and binary probabilities. T has to be that type; 16-bit floats are uint16, BOOL is
// uint8.
func Elements[T Element](p *Predictions, output string) ([]T, error) {
	has := func(feature Feature) bool { return feature.Type == Numeric || feature.Type == Binary }
	column, err := p.column(output, "elements", has)
	if err != nil {
		return nil, err
	}
	at, _ := p.outputs.find(output)
	if !isKeptAs(reflect.TypeFor[T](), p.outputs.list[at].Element) {
		err := newError(StatusFeatureType, "feature %q: its elements are not of the type %v", output,
			reflect.TypeFor[T]())
		err.Feature = output
		return nil, err
	}
	return tensorOf[T](&column), nil
}

// isKeptAs reports whether elements of a type are read as a type of Go.
func isKeptAs(target reflect.Type, element ElementType) bool {
	switch element {
	case ElementFloat16, ElementBfloat16:
		return target.Kind() == reflect.Uint16
	case ElementBool:
		return target.Kind() == reflect.Uint8
	}
	return dtypes[target.Kind()] == int32(element)
}

// Categories are the probabilities of a categorical output.
func (p *Predictions) Categories(output string) (Categories, error) {
	column, err := p.column(output, "categories", func(feature Feature) bool { return feature.Type == Categorical })
	return column.categories(), err
}

// column finds an output and checks that it has what is asked for.
func (p *Predictions) column(output, wanted string, has func(Feature) bool) (column, error) {
	at, err := p.outputs.find(output)
	if err != nil {
		return column{}, err
	}
	if feature := p.outputs.list[at]; !has(feature) {
		err := newError(StatusFeatureType, "feature %q: is %s, and has no %s", output, feature.kind(), wanted)
		err.Feature = output
		return column{}, err
	}
	columns, err := p.open()
	if err != nil {
		return column{}, err
	}
	return columns[at], nil
}

// open is the columns, unless the predictions are closed.
func (p *Predictions) open() ([]column, error) {
	columns := p.columns.Load()
	if columns == nil {
		return nil, closedError("the predictions are closed")
	}
	return *columns, nil
}

// integer is the number of a row as an integer.
func (c *column) integer(row int) (int64, error) {
	switch c.element {
	case ElementInt64:
		return int64(c.kept[row]), nil
	case ElementUint64:
		if c.kept[row] > math.MaxInt64 {
			return 0, fmt.Errorf("%d is beyond an int64", c.kept[row])
		}
		return int64(c.kept[row]), nil
	}
	// Doubles hold the other types.
	value := c.numbers[row]
	if value != math.Trunc(value) || value < math.MinInt64 || value >= -math.MinInt64 {
		return 0, fmt.Errorf("%v is not an integer", value)
	}
	return int64(value), nil
}

// tensor is where the elements of the model's tensor are, and their size in bytes.
func (c *column) tensor() (start unsafe.Pointer, size int) {
	switch {
	case len(c.kept) > 0:
		return unsafe.Pointer(unsafe.SliceData(c.kept)), c.keptBytes
	case c.elements != nil:
		return unsafe.Pointer(unsafe.SliceData(c.elements)), 4 * len(c.elements)
	}
	return unsafe.Pointer(unsafe.SliceData(c.numbers)), 8 * len(c.numbers)
}

// tensorOf is the elements of the model's tensor, whose type is T.
func tensorOf[T Element](column *column) []T {
	start, size := column.tensor()
	return unsafe.Slice((*T)(start), size/int(unsafe.Sizeof(T(0))))
}

// place is where the elements of a row begin and end.
func (c *column) place(row int) (first, end int) {
	if c.shapes == nil {
		return row * c.size, (row + 1) * c.size
	}
	if row > 0 {
		first = c.ends[row-1]
	}
	return first, c.ends[row]
}

// array is the array of a row.
func (c *column) array(row int) []float32 {
	first, end := c.place(row)
	return c.elements[first:end:end]
}

func (c *column) categories() Categories { return Categories{c.labels, c.numbers} }

// CategoryProbability is a category and its probability.
type CategoryProbability struct {
	Label       string
	Probability float64
}

// Categories are the probabilities of a categorical output: a row-major matrix, rows x labels. Its methods
// panic, as slices do, for a row that is not there.
type Categories struct {
	// Labels are the categories, in the order of the matrix's columns.
	Labels []string
	// Matrix holds the probabilities of all rows.
	Matrix []float64
}

// Row is the probabilities of a row, one a label.
func (c Categories) Row(row int) []float64 {
	count := len(c.Labels)
	return c.Matrix[row*count : (row+1)*count : (row+1)*count]
}

// Map is the probabilities of a row by label.
func (c Categories) Map(row int) map[string]float64 {
	probabilities := make(map[string]float64, len(c.Labels))
	for at, probability := range c.Row(row) {
		probabilities[c.Labels[at]] = probability
	}
	return probabilities
}

// Best is the most probable category of a row: the first of [Categories.Top].
func (c Categories) Best(row int) CategoryProbability {
	probabilities := c.Row(row)
	best := 0
	for at, probability := range probabilities {
		if cmp.Less(probabilities[best], probability) {
			best = at
		}
	}
	return CategoryProbability{c.Labels[best], probabilities[best]}
}

// Top is the count most probable categories of a row, or as many as there are: the most probable first, equal
// ones in the order of the labels, NaN last.
func (c Categories) Top(row, count int) []CategoryProbability {
	top := make([]CategoryProbability, len(c.Labels))
	for at, probability := range c.Row(row) {
		top[at] = CategoryProbability{c.Labels[at], probability}
	}
	slices.SortStableFunc(top, func(one, other CategoryProbability) int {
		return cmp.Compare(other.Probability, one.Probability)
	})
	return top[:min(max(count, 0), len(top))]
}

// Picture is an image as the server sent it.
type Picture struct {
	// MediaType is "image/png" or "image/jpeg".
	MediaType string
	// Bytes are those of the image's file.
	Bytes []byte
	// refused says why its pixels are not decoded.
	refused error
}

// Decode decodes the image. One that is cut off, or has more pixels than [WithMaxImagePixels] allows, fails
// with [StatusImage].
func (p Picture) Decode() (image.Image, error) {
	if p.refused != nil {
		return nil, p.refused
	}
	picture, _, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil {
		return nil, newError(StatusImage, "the image cannot be decoded: %v", err)
	}
	return picture, nil
}
