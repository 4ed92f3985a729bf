package sidekick

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// mostLevels is how deep arrays and pointers are nested at most; a type or a value may contain itself.
const mostLevels = 64

// leafOf takes nested slices and fixed arrays apart: the type of their elements, and the size of each level,
// unknownSize for a slice. A type that is neither has no sizes.
func leafOf(nested reflect.Type) (leaf reflect.Type, sizes []int) {
	for leaf = nested; len(sizes) <= mostLevels; leaf = leaf.Elem() {
		switch leaf.Kind() {
		case reflect.Slice:
			sizes = append(sizes, unknownSize)
		case reflect.Array:
			sizes = append(sizes, leaf.Len())
		default:
			return leaf, sizes
		}
	}
	return leaf, sizes
}

// unknownSize is the size of a slice whose value is not known yet.
const unknownSize = SizeAny

// fits reports whether nested sizes are those of arrays of a shape. One level holds all elements, one after
// another. Several levels are the sizes of the shape, with or without those that are 1.
func fits(sizes, shape []int) bool {
	levels, ok := levelsOf(len(sizes), shape)
	return ok && slices.EqualFunc(sizes, levels, func(size, wanted int) bool {
		return size == wanted || size == unknownSize || wanted == SizeAny
	})
}

// levelsOf are the sizes of so many nested levels that hold an array of a shape.
func levelsOf(count int, shape []int) ([]int, bool) {
	isFree := slices.Contains(shape, SizeAny)
	if count == len(shape) {
		return shape, true
	}
	if isFree {
		return nil, false
	}
	if count == 1 {
		return []int{elementCount(shape)}, true
	}
	without := slices.DeleteFunc(slices.Clone(shape), func(size int) bool { return size == 1 })
	return without, count == len(without)
}

// addNestedOf returns how nested slices and fixed arrays become arrays of a shape; nil if they do not fit.
func addNestedOf(source reflect.Type, shape []int) addField {
	leaf, sizes := leafOf(source)
	if len(sizes) == 0 || dtypes[leaf.Kind()] == 0 || isTime(leaf) || !fits(sizes, shape) {
		return nil
	}
	return func(rows *Rows, input int, value reflect.Value) {
		sizes := sizesOf(value, len(sizes))
		if !fits(sizes, shape) {
			rows.mistake(rows.inputError(StatusFeatureShape, input, "an array of shape %v is needed, got %v",
				shape, sizes))
			return
		}
		elements, ok := rows.flatten(value, leaf, sizes)
		if !ok {
			rows.mistake(rows.inputError(StatusFeatureShape, input, "its nested slices have different lengths"))
			return
		}
		elements.shape = shape
		if slices.Contains(shape, SizeAny) {
			elements.shape = sizes
		}
		rows.array(input, elements)
	}
}

// sizesOf are the sizes of so many nested levels, as the first parts have them.
func sizesOf(value reflect.Value, levels int) []int {
	sizes := make([]int, levels)
	for level := range sizes {
		sizes[level] = value.Len()
		if level+1 == levels || sizes[level] == 0 {
			break
		}
		value = value.Index(0)
	}
	return sizes
}

// flatten copies nested elements, one after another, into memory of the rows that is used again. It reports
// false if the levels do not have the sizes.
func (r *Rows) flatten(value reflect.Value, leaf reflect.Type, sizes []int) (Array, bool) {
	count, width := elementCount(sizes), int(leaf.Size())
	r.scratch = slices.Grow(r.scratch[:0], (count*width+wordSize-1)/wordSize)
	start := unsafe.Pointer(unsafe.SliceData(r.scratch))
	if !copyNested(reflect.SliceAt(leaf, start, count), value, sizes) {
		return Array{}, false
	}
	return Array{dtype: dtypes[leaf.Kind()], data: start, size: count * width}, true
}

// copyNested copies nested elements into a slice that has room for them; false if a part has another size.
func copyNested(target, value reflect.Value, sizes []int) bool {
	if value.Len() != sizes[0] {
		return false
	}
	if len(sizes) == 1 {
		reflect.Copy(target, value)
		return true
	}
	part := elementCount(sizes[1:])
	for at := range sizes[0] {
		if !copyNested(target.Slice(at*part, (at+1)*part), value.Index(at), sizes[1:]) {
			return false
		}
	}
	return true
}

// setArrayOf returns how the array of a row becomes nested slices and fixed arrays; nil if it does not fit.
func setArrayOf(target reflect.Type, feature Feature) setField {
	if target == reflect.TypeFor[[]float32]() {
		return setTo(func(column *column, row int) []float32 { return slices.Clone(column.array(row)) })
	}
	leaf, sizes := leafOf(target)
	read := readElementsOf(leaf, feature.Element)
	if read == nil || len(sizes) == 0 || !fits(sizes, feature.Shape) && !(len(sizes) == 1 && feature.isFree()) {
		return nil
	}
	return func(field reflect.Value, column *column, row int) error {
		shape := feature.Shape
		if column.shapes != nil {
			shape = column.shapes[row]
		}
		if !fits(sizes, shape) {
			return fmt.Errorf("an array of shape %v does not fit %v", shape, target)
		}
		levels, _ := levelsOf(len(sizes), shape)
		first, end := column.place(row)
		fill(field, read(column, first, end-first), levels)
		return nil
	}
}

// fill sets nested slices and fixed arrays to elements. Slices share the memory of the elements.
func fill(target, elements reflect.Value, sizes []int) {
	if len(sizes) == 1 && target.Kind() == reflect.Array {
		reflect.Copy(target, elements)
		return
	}
	if len(sizes) == 1 {
		target.Set(elements.Convert(target.Type()))
		return
	}
	if target.Kind() == reflect.Slice {
		target.Set(reflect.MakeSlice(target.Type(), sizes[0], sizes[0]))
	}
	part := elementCount(sizes[1:])
	for at := range sizes[0] {
		fill(target.Index(at), elements.Slice3(at*part, (at+1)*part, (at+1)*part), sizes[1:])
	}
}

// readElements copies some elements of a column into a slice.
type readElements func(column *column, first, count int) reflect.Value

// readElementsOf returns how elements become numbers of a type: as the tensor has them if that is their type,
// or else as floats, each the nearest one; nil if they do not.
func readElementsOf(leaf reflect.Type, element ElementType) readElements {
	switch {
	case isKeptAs(leaf, element):
		return func(column *column, first, count int) reflect.Value {
			copied := reflect.MakeSlice(reflect.SliceOf(leaf), count, count)
			start, _ := column.tensor()
			reflect.Copy(copied, reflect.SliceAt(leaf, unsafe.Add(start, first*int(leaf.Size())), count))
			return copied
		}
	case leaf.Kind() == reflect.Float32:
		return func(column *column, first, count int) reflect.Value {
			return floatsAs[float32](leaf, column.elements[first:first+count])
		}
	case leaf.Kind() == reflect.Float64:
		return readDoublesOf(leaf, element)
	}
	return nil
}

// readDoublesOf returns how elements become a type that is a float64: from the tensor where a float32 does not
// hold all that the tensor can have.
func readDoublesOf(leaf reflect.Type, element ElementType) readElements {
	switch element {
	case ElementInt32:
		return readTensorAsDoubles[int32](leaf)
	case ElementUint32:
		return readTensorAsDoubles[uint32](leaf)
	case ElementInt64:
		return readTensorAsDoubles[int64](leaf)
	case ElementUint64:
		return readTensorAsDoubles[uint64](leaf)
	}
	return func(column *column, first, count int) reflect.Value {
		return floatsAs[float64](leaf, column.elements[first:first+count])
	}
}

// readTensorAsDoubles returns how the elements of a tensor of the type T become a type that is a float64.
func readTensorAsDoubles[T Element](leaf reflect.Type) readElements {
	return func(column *column, first, count int) reflect.Value {
		return floatsAs[float64](leaf, tensorOf[T](column)[first:first+count])
	}
}

// floatsAs copies elements as floats of a type that is a To.
func floatsAs[To float32 | float64, From Element](leaf reflect.Type, elements []From) reflect.Value {
	floats := make([]To, len(elements))
	for at, element := range elements {
		floats[at] = To(element)
	}
	return reflect.SliceAt(leaf, unsafe.Pointer(unsafe.SliceData(floats)), len(floats))
}
