package sidekick

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// ColumnElement is what columns can be made of.
type ColumnElement interface {
	Element | ~bool | ~string | ~[]byte
}

// Column is the values of one input for several rows. It refers to the elements it was made of.
type Column struct {
	name  string
	count int
	// kind is a dtype, or piecesKind.
	kind    int32
	numbers Array
	shape   []uintptr // of the arrays, if it was given
	texts   []string
	files   [][]byte
}

// piecesKind is SIDEKICK_COLUMN_PIECES.
const piecesKind = -1

// ColumnOf makes a column for [Rows.Columns] from its elements, which are not copied. What fits where:
//
//   - a numeric input of shape [1]: numbers, one a row
//   - an array: numbers, the rows one after another, and each with as many as the input's shape has
//   - a categorical or binary input: strings and integers, one a row; bool counts as 0 and 1
//   - a text input: strings, one a row
//   - an image input: []byte, one a row, the bytes of an image's file
//   - an input of the type Bytes: []byte, one a row
func ColumnOf[T ColumnElement](name string, elements []T) Column {
	start, count := unsafe.Pointer(unsafe.SliceData(elements)), len(elements)
	column := Column{name: name, count: count, kind: piecesKind}
	switch reflect.TypeFor[T]().Kind() {
	case reflect.String:
		column.texts = unsafe.Slice((*string)(start), count)
		return column
	case reflect.Slice:
		column.files = unsafe.Slice((*[]byte)(start), count)
		return column
	case reflect.Bool:
		column.numbers = ArrayOf(unsafe.Slice((*uint8)(start), count))
	default:
		column.numbers = arrayOf(reflect.ValueOf(elements), nil)
	}
	column.kind = column.numbers.dtype
	return column
}

// Shaped is the column of an array input whose shape has a [SizeAny]: all its arrays have this shape. It has as
// many sizes as that of the input, and the same ones where those are not [SizeAny]; [Rows.Columns] refuses
// another one. Inputs that are not [Numeric] have no arrays, and ignore it.
func (c Column) Shaped(shape ...int) Column {
	c.shape = make([]uintptr, len(shape))
	for at, size := range shape {
		c.shape[at] = uintptr(size)
	}
	return c
}

// sizes are the shape that was given.
func (c *Column) sizes() []int {
	sizes := make([]int, len(c.shape))
	for at, size := range c.shape {
		sizes[at] = int(size)
	}
	return sizes
}

// unknownRows is the number of rows of a column whose arrays have sizes that are not known.
const unknownRows = -1

// rows is how many rows the column is for.
func (c *Column) rows(feature Feature) int {
	if c.shape != nil {
		return c.count / max(elementCount(c.sizes()), 1)
	}
	if feature.isFree() {
		return unknownRows
	}
	if size := elementCount(feature.Shape); feature.IsArray() && size > 0 {
		return c.count / size
	}
	return c.count
}

// Columns adds whole rows: one column for each input, in any order, and all for the same number of rows. It
// takes a table that lies column by column, and is the fastest way to add one.
//
//	rows.Columns(sidekick.ColumnOf("Sound", sounds), sidekick.ColumnOf("Size", sizes))
//
// A row that was begun is a mistake, and so is an input without a column.
func (r *Rows) Columns(columns ...Column) *Rows {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	if r.err == nil {
		r.err = r.addColumns(columns)
	}
	return r
}

func (r *Rows) addColumns(columns []Column) error {
	rows := unknownRows
	r.table.reset(columns)
	defer r.table.forget()
	for _, column := range columns {
		input, err := r.fit(&column)
		if err != nil {
			return err
		}
		count := column.rows(r.inputs.list[input])
		if rows == unknownRows {
			rows = count
		}
		if count != rows && count != unknownRows {
			return columnError(column.name, "its column has %d rows, the first column has %d", count, rows)
		}
		r.table.add(input, &column)
	}
	if rows == unknownRows && len(columns) > 0 {
		return columnError(columns[0].name, "its arrays have a size that is free: give their shape with Shaped")
	}
	err := r.exclusively(func(object unsafe.Pointer) error { return addColumns(object, max(rows, 0), &r.table) })
	if err == nil {
		r.ended += max(rows, 0)
	}
	return err
}

// fit finds the input of a column, and drops a shape that the input does not take.
func (r *Rows) fit(column *Column) (int, error) {
	input, err := r.inputs.find(column.name)
	if err != nil {
		return 0, err
	}
	if column.kind == timeDType {
		return 0, newInputError(StatusFeatureType, r.ended, column.name, errTime)
	}
	feature := r.inputs.list[input]
	if column.kind == piecesKind || feature.Type != Numeric {
		column.shape = nil
	}
	// The library reads as many sizes as the input has.
	if sizes := column.sizes(); column.shape != nil && !isOfShape(sizes, feature.Shape) {
		return 0, columnError(column.name, "expected arrays of shape %s, got %v", shapeText(feature.Shape), sizes)
	}
	return input, nil
}

// isOfShape reports whether arrays of a shape fit that of an input.
func isOfShape(given, own []int) bool {
	return slices.EqualFunc(given, own, func(size, wanted int) bool {
		return size >= 0 && (size == wanted || wanted == SizeAny)
	})
}

// columnError is an error about a column as a whole.
func columnError(feature, format string, arguments ...any) *Error {
	err := newError(StatusFeatureShape, "feature %q: %s", feature, fmt.Sprintf(format, arguments...))
	err.Feature = feature
	return err
}

// columnTable is columns as sidekick_rows_add_columns takes them; its memory is used again.
type columnTable struct {
	inputs []uintptr
	kinds  []int32
	values []unsafe.Pointer
	sizes  []uintptr
	ends   []*uintptr
	// numbers are the values that are not in joined.
	numbers []unsafe.Pointer
	// shapes are those of arrays; nil of others.
	shapes []unsafe.Pointer
	// joined is all texts and files, pieceEnds where each of them ends in its column's.
	joined    []byte
	pieceEnds []uintptr
}

// reset empties the table and makes room for the pieces of columns: they must not move any more when they are
// pointed to.
func (t *columnTable) reset(columns []Column) {
	bytes, pieces := 0, 0
	for at := range columns {
		pieces += len(columns[at].texts) + len(columns[at].files)
		for _, text := range columns[at].texts {
			bytes += len(text)
		}
		for _, file := range columns[at].files {
			bytes += len(file)
		}
	}
	t.joined, t.pieceEnds = slices.Grow(t.joined[:0], bytes), slices.Grow(t.pieceEnds[:0], pieces)
}

// forget drops what was added, whose memory others own.
func (t *columnTable) forget() {
	clear(t.values)
	clear(t.ends)
	clear(t.numbers)
	clear(t.shapes)
	t.inputs, t.kinds, t.values, t.sizes, t.ends = t.inputs[:0], t.kinds[:0], t.values[:0], t.sizes[:0], t.ends[:0]
	t.numbers, t.shapes = t.numbers[:0], t.shapes[:0]
}

func (t *columnTable) add(input int, column *Column) {
	values, size, ends := column.numbers.data, column.numbers.size, (*uintptr)(nil)
	if column.kind == piecesKind {
		start, first := len(t.joined), len(t.pieceEnds)
		addPieces(t, column.texts)
		addPieces(t, column.files)
		values, size = unsafe.Pointer(unsafe.SliceData(t.joined[start:])), len(t.joined)-start
		ends = unsafe.SliceData(t.pieceEnds[first:])
	} else {
		t.numbers = append(t.numbers, values)
		ends = unsafe.SliceData(column.shape)
	}
	t.inputs = append(t.inputs, uintptr(input))
	t.kinds = append(t.kinds, column.kind)
	t.values = append(t.values, values)
	t.sizes = append(t.sizes, uintptr(size))
	t.ends = append(t.ends, ends)
	t.shapes = append(t.shapes, unsafe.Pointer(unsafe.SliceData(column.shape)))
}

// addPieces adds the texts or the files of a column, which has either.
func addPieces[T string | []byte](t *columnTable, pieces []T) {
	end := uintptr(0)
	for _, piece := range pieces {
		t.joined = append(t.joined, piece...)
		end += uintptr(len(piece))
		t.pieceEnds = append(t.pieceEnds, end)
	}
}
