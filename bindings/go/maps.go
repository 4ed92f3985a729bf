package sidekick

import (
	"encoding/json"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
)

// Map adds one row from a map, and ends it: each key is the name of an input. A value is what [Rows.Struct]
// takes as a field, and also what package encoding/json makes of JSON: float64 (a whole one also as an
// integer category), [encoding/json.Number], and []any of numbers as an array. A nil value leaves the input
// out, as a missing key does.
func (r *Rows) Map(row map[string]any) *Rows {
	known := 0
	for input := range r.inputs.list {
		if value, there := row[r.inputs.list[input].Name]; there {
			known++
			r.any(input, value)
		}
	}
	if known < len(row) {
		r.mistake(r.unknownKey(row))
	}
	return r.End()
}

// unknownKey is the error for the first of the keys that are no inputs.
func (r *Rows) unknownKey(row map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if _, known := r.inputs.index[name]; !known {
			err := newRowError(StatusUnknownFeature, r.ended, "%s", r.inputs.lacks(name))
			err.Feature = name
			return err
		}
	}
	return nil
}

// valueType is what a value of unknown type is planned by.
type valueType struct {
	source reflect.Type
	input  int
}

// any adds a value whose type is found out now.
func (r *Rows) any(input int, value any) {
	if r.err != nil || value == nil {
		return
	}
	feature := &r.inputs.list[input]
	if list, isList := value.([]any); isList && feature.IsArray() {
		r.list(input, list)
		return
	}
	source := reflect.ValueOf(fromJSON(value, feature.Type))
	key := valueType{source.Type(), input}
	add, found := r.inputs.plans.Load(key)
	if !found {
		add = addFieldOf(source.Type(), *feature)
		r.inputs.plans.Store(key, add)
	}
	if add := add.(addField); add != nil {
		add(r, input, source)
		return
	}
	r.mistake(r.inputError(StatusFeatureType, input, "is %s, and %v does not fit it", feature.kind(), source.Type()))
}

// fromJSON is a number of JSON as a feature takes it, and any other value as it is.
func fromJSON(value any, feature FeatureType) any {
	if feature == Text {
		return value
	}
	number, isNumber := value.(json.Number)
	if isNumber {
		if integer, err := number.Int64(); err == nil {
			return integer
		}
		if integer, err := strconv.ParseUint(number.String(), 10, 64); err == nil {
			return integer
		}
		if float, err := number.Float64(); err == nil {
			value = float
		}
	}
	float, isFloat := value.(float64)
	isCategory := feature == Categorical || feature == Binary
	if isFloat && isCategory && float == math.Trunc(float) && math.Abs(float) < 1<<53 {
		return int64(float)
	}
	return value
}

// list adds an array that is nested lists of numbers.
func (r *Rows) list(input int, list []any) {
	shape := r.inputs.list[input].Shape
	sizes := sizesOfList(list)
	// A list may contain itself.
	if _, ok := levelsOf(len(sizes), shape); !ok {
		r.mistake(r.inputError(StatusFeatureShape, input,
			"an array of shape %v is needed, got lists that are %d deep", shape, len(sizes)))
		return
	}
	numbers, ok := appendList(nil, list, sizes)
	if !ok {
		r.mistake(r.inputError(StatusFeatureType, input, "its lists do not hold numbers, as many in each"))
		return
	}
	if !fits(sizes, shape) {
		r.mistake(r.inputError(StatusFeatureShape, input, "an array of shape %v is needed, got %v",
			shape, sizes))
		return
	}
	if !slices.Contains(shape, SizeAny) {
		sizes = shape
	}
	r.array(input, arrayOfNumbers(numbers, sizes))
}

// arrayOfNumbers is an array of integers if all numbers are integers of one type, so that they keep all their
// digits, and of floats otherwise.
func arrayOfNumbers(numbers []reflect.Value, shape []int) Array {
	if integers, ok := convertAll[int64](numbers); ok {
		return ArrayOf(integers, shape...)
	}
	if integers, ok := convertAll[uint64](numbers); ok {
		return ArrayOf(integers, shape...)
	}
	floats := make([]float64, len(numbers))
	for at, number := range numbers {
		floats[at] = number.Convert(reflect.TypeFor[float64]()).Float()
	}
	return ArrayOf(floats, shape...)
}

// convertAll is the numbers as integers of a type; false if one is a float, or beyond the type.
func convertAll[T int64 | uint64](numbers []reflect.Value) ([]T, bool) {
	integers := make([]T, len(numbers))
	for at, number := range numbers {
		switch {
		case number.CanInt():
			integers[at] = T(number.Int())
		case number.CanUint():
			integers[at] = T(number.Uint())
		default:
			return nil, false
		}
		isNegative := number.CanInt() && number.Int() < 0
		if isNegative != (integers[at] < 0) {
			return nil, false
		}
	}
	return integers, true
}

// sizesOfList are the sizes of nested lists, as the first of them have them.
func sizesOfList(list []any) []int {
	sizes := []int{len(list)}
	for len(list) > 0 && len(sizes) <= mostLevels {
		nested, isList := list[0].([]any)
		if !isList {
			break
		}
		sizes, list = append(sizes, len(nested)), nested
	}
	return sizes
}

// appendList appends the numbers of nested lists; false if they are not numbers, or not of these sizes.
func appendList(numbers []reflect.Value, list []any, sizes []int) ([]reflect.Value, bool) {
	if len(list) != sizes[0] {
		return nil, false
	}
	for _, value := range list {
		if len(sizes) > 1 {
			nested, ok := value.([]any)
			if !ok {
				return nil, false
			}
			if numbers, ok = appendList(numbers, nested, sizes[1:]); !ok {
				return nil, false
			}
			continue
		}
		number := reflect.ValueOf(fromJSON(value, Numeric))
		if !number.IsValid() || !number.CanConvert(reflect.TypeFor[float64]()) || isTime(number.Type()) {
			return nil, false
		}
		numbers = append(numbers, number)
	}
	return numbers, true
}

// addAny adds the value that an interface holds.
func addAny(rows *Rows, input int, value reflect.Value) {
	if !value.IsNil() {
		rows.any(input, value.Interface())
	}
}

// ImageReader adds an image from a reader of an image's file, which is read to its end, as
// [Rows.EncodedImage] does. A reader that fails is a [StatusFile] error that wraps the reader's.
func (r *Rows) ImageReader(name string, file io.Reader) *Rows {
	input := r.find(name)
	if r.err == nil && file == nil {
		r.mistake(r.inputError(StatusImage, input, "there is no image"))
	}
	return r.read(input, file, r.encodedImage)
}

// read adds what a reader has.
func (r *Rows) read(input int, file io.Reader, add func(input int, file []byte) *Rows) *Rows {
	if r.err != nil {
		return r
	}
	bytes, err := io.ReadAll(file)
	if err != nil {
		failed := newInputError(StatusFile, r.ended, r.inputs.list[input].Name, "its reader failed: %v", err)
		failed.cause = err
		r.mistake(failed)
		return r
	}
	return add(input, bytes)
}

// isReader reports whether values of a type are read.
func isReader(source reflect.Type) bool { return source.Implements(reflect.TypeFor[io.Reader]()) }

// addReader adds what a reader has, by one of the methods of rows.
func addReader(add func(rows *Rows, input int, file []byte) *Rows) addField {
	return func(rows *Rows, input int, value reflect.Value) {
		if value.Kind() == reflect.Pointer && value.IsNil() {
			return
		}
		if value.Kind() == reflect.Interface && value.IsNil() {
			rows.mistake(rows.inputError(StatusFile, input, "there is no reader"))
			return
		}
		rows.read(input, value.Interface().(io.Reader), func(input int, file []byte) *Rows {
			return add(rows, input, file)
		})
	}
}

// isMap reports whether a type is map[string]any, or a type made of it.
func isMap(source reflect.Type) bool {
	return source.Kind() == reflect.Map && source.ConvertibleTo(reflect.TypeFor[map[string]any]())
}

// decodeMap sets a map to the outputs of a row.
func decodeMap(outputs []Feature, columns []column, row int, target reflect.Value) {
	found := make(map[string]any, len(outputs))
	for at := range outputs {
		found[outputs[at].Name] = columns[at].value(&outputs[at], row)
	}
	target.Set(reflect.ValueOf(found).Convert(target.Type()))
}

// value is the value of a row as a map has it.
func (c *column) value(output *Feature, row int) any {
	switch {
	case output.IsArray():
		return c.exactArray(row)
	case output.Type == Categorical:
		return c.categories().Best(row)
	case output.Type == Text:
		return c.texts[row]
	case output.Type == Bytes:
		return slices.Clone(c.bytes[row])
	case output.Type == Image:
		return c.pictures[row]
	case output.Element == ElementInt64:
		return int64(c.kept[row])
	case output.Element == ElementUint64:
		return c.kept[row]
	}
	return c.numbers[row]
}

// exactArray is a copy of the array of a row: of float32, or of the tensor's type where a float32 does not hold
// all that the tensor can have.
func (c *column) exactArray(row int) any {
	switch c.element {
	case ElementFloat64:
		return tensorRow[float64](c, row)
	case ElementInt32:
		return tensorRow[int32](c, row)
	case ElementUint32:
		return tensorRow[uint32](c, row)
	case ElementInt64:
		return tensorRow[int64](c, row)
	case ElementUint64:
		return tensorRow[uint64](c, row)
	}
	return slices.Clone(c.array(row))
}

// tensorRow copies the elements of a row of a tensor of the type T.
func tensorRow[T Element](c *column, row int) []T {
	first, end := c.place(row)
	return slices.Clone(tensorOf[T](c)[first:end])
}
