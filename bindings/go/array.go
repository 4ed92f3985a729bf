package sidekick

import (
	"math/bits"
	"reflect"
	"slices"
	"time"
	"unsafe"
)

// Element is what arrays can be made of.
type Element interface {
	~float32 | ~float64 | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int | ~uint
}

// Array is a row-major array for a numeric input. It refers to the elements it was made of.
type Array struct {
	dtype int32
	shape []int
	data  unsafe.Pointer
	size  int
}

// ArrayOf makes an array of a shape from its elements, which are not copied; they become 32-bit floats when
// the array is added to rows. Without a shape it has one dimension.
func ArrayOf[T Element](elements []T, shape ...int) Array {
	if len(shape) == 0 {
		shape = []int{len(elements)}
	}
	return arrayOf(reflect.ValueOf(elements), slices.Clone(shape))
}

// arrayOf is the array of a slice of numbers.
func arrayOf(elements reflect.Value, shape []int) Array {
	element := elements.Type().Elem()
	if isTime(element) {
		return Array{dtype: timeDType}
	}
	return Array{
		dtype: dtypes[element.Kind()],
		shape: shape,
		data:  elements.UnsafePointer(),
		size:  elements.Len() * int(element.Size()),
	}
}

// timeDType marks elements that stand for times.
const timeDType = -3

// isTime reports whether numbers of a type stand for times: nobody knows how many of which unit a model
// wants.
func isTime(element reflect.Type) bool {
	return element == reflect.TypeFor[time.Duration]()
}

// errTime says what to do instead.
const errTime = "a time.Duration is no number; convert it, as with Seconds()"

// dtypes are the SIDEKICK_DTYPE_ constants of Go's numbers.
var dtypes = map[reflect.Kind]int32{
	reflect.Float32: 1,
	reflect.Float64: 2,
	reflect.Int8:    3,
	reflect.Int16:   4,
	reflect.Int32:   5,
	reflect.Int64:   6,
	reflect.Int:     5 + bits.UintSize/64,
	reflect.Uint8:   7,
	reflect.Uint16:  8,
	reflect.Uint32:  9,
	reflect.Uint64:  10,
	reflect.Uint:    9 + bits.UintSize/64,
}

// elementCount is how many elements an array of a shape has.
func elementCount(shape []int) int {
	count := 1
	for _, size := range shape {
		count *= size
	}
	return count
}
