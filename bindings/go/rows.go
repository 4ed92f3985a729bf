package sidekick

import (
	"image"
	"math"
	"reflect"
	"sync"
	"unsafe"
)

// Rows are examples being built for one deployment. Add every input of a row, in any order, [Rows.End] the
// row, go on with the next:
//
//	rows.Text("Sound", "Miaow").Number("Size", 0.43).End()
//
// A value that does not fit its input is a mistake. The first mistake is kept, everything after it is
// ignored, and [Rows.Err] and [Deployment.Predict] return it, with the row and the input it is about, until
// [Rows.Clear] drops all. Numbers, categories and texts are collected, and checked by the library many at a
// time.
//
// One goroutine at a time adds values.
type Rows struct {
	inputs features
	// names are those of the inputs, as the caller holds them once they were used: the same text is compared
	// at a glance.
	names []string
	// encoder writes structs of the type it was last asked for.
	encoder structEncoder
	// pending waits to be handed over.
	pending pack
	// reader reads images.
	reader pixelReader
	// scratch holds the elements of nested arrays on their way.
	scratch []uint64
	// table is columns on their way.
	table columnTable
	// ended is how many rows were ended, next where the next input probably is.
	ended, next int

	// mu guards what follows, so that rows can be predicted and closed from any goroutine.
	mu     sync.Mutex
	handle *handle
	err    error
}

// Number adds a number to a numeric input of shape [1]. It has to be finite.
func (r *Rows) Number(name string, number float64) *Rows {
	return r.number(r.find(name), number)
}

// Integer adds an integer to a numeric input of shape [1], or as the category of a categorical or binary
// input.
func (r *Rows) Integer(name string, integer int64) *Rows {
	return r.integer(r.find(name), integer)
}

// Category adds a category, by its label, to a categorical or binary input.
func (r *Rows) Category(name, label string) *Rows {
	return r.text(kindCategory, r.find(name), label)
}

// Binary adds one of the two classes to a binary input: false is the first, true the second.
func (r *Rows) Binary(name string, value bool) *Rows {
	return r.binary(r.find(name), value)
}

// Text adds text, in UTF-8, to a text input.
func (r *Rows) Text(name, text string) *Rows {
	return r.text(kindText, r.find(name), text)
}

// Bytes adds bytes of any meaning to an input of the type [Bytes].
func (r *Rows) Bytes(name string, value []byte) *Rows {
	return r.text(kindBytes, r.find(name), unsafe.String(unsafe.SliceData(value), len(value)))
}

// Image adds an image to an image input. It is sent as PNG, with 8 bits a sample and without alpha: the colours
// of transparent pixels stay what they are, unless the image has them multiplied with their alpha.
func (r *Rows) Image(name string, picture image.Image) *Rows {
	return r.image(r.find(name), picture, 0)
}

// JPEG adds an image to an image input, sent as JPEG of a quality of 1 to 100: smaller than PNG, and not
// exact.
func (r *Rows) JPEG(name string, picture image.Image, quality int) *Rows {
	input := r.find(name)
	if r.err == nil && input != unknown && (quality < 1 || quality > 100) {
		r.mistake(r.inputError(StatusArgument, input, "a quality of %d; it has to be 1 to 100", quality))
	}
	return r.image(input, picture, quality)
}

// EncodedImage adds the bytes of an image's file to an image input, with its pixels as stored (see
// [WithApplyOrientation]). PNG and JPEG are sent without being decoded, less their metadata; with alpha or
// more than 8 bits a sample, and from BMP, GIF, TIFF and WebP, they become PNG without alpha. A file that is
// cut off is refused, and one with more pixels than [WithMaxImagePixels] allows.
func (r *Rows) EncodedImage(name string, encoded []byte) *Rows {
	return r.encodedImage(r.find(name), encoded)
}

// ImageFile adds an image from a file, as [Rows.EncodedImage] does.
func (r *Rows) ImageFile(name, path string) *Rows {
	return r.imageFile(r.find(name), path)
}

// Array adds an array to a numeric input of the same shape.
func (r *Rows) Array(name string, array Array) *Rows {
	return r.array(r.find(name), array)
}

// NPY adds an array from the bytes of a .npy file to a numeric input of the same shape.
func (r *Rows) NPY(name string, file []byte) *Rows {
	return r.npy(r.find(name), file)
}

// NPYFile adds an array from a .npy file, as [Rows.NPY] does.
func (r *Rows) NPYFile(name, path string) *Rows {
	return r.npyFile(r.find(name), path)
}

// End finishes a row. Inputs it lacks are a mistake.
func (r *Rows) End() *Rows {
	if r.err == nil {
		r.pending.endRow()
		r.ended++
		r.next = 0
		r.flushFull()
	}
	return r
}

// Len is how many rows were ended.
func (r *Rows) Len() int { return r.ended }

// Err is the first mistake there was, or nil.
func (r *Rows) Err() error {
	r.lockAndFlush()
	return r.err
}

// Clear drops all rows, and the mistake if there was one, and makes the rows ready for new values.
func (r *Rows) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending, r.ended, r.next, r.err = r.pending[:0], 0, 0, nil
	r.err = r.exclusively(clearRows)
}

// Close frees the rows as soon as no call uses them any more. Later calls fail with [ErrClosed]. To close
// them again does nothing. It always returns nil.
func (r *Rows) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handle.drop()
	return nil
}

// unknown is the place of an input that is not there.
const unknown = -1

// find is the index of an input. Inputs mostly come in order, and are called by the same texts row after row.
func (r *Rows) find(name string) int {
	if next := r.next; next < len(r.names) && isSame(r.names[next], name) {
		r.next = next + 1
		return next
	}
	return r.search(name)
}

// isSame reports whether two texts are equal because they are the same memory.
func isSame(one, other string) bool {
	return len(one) == len(other) && unsafe.StringData(one) == unsafe.StringData(other)
}

// search is the index of an input wherever it is.
func (r *Rows) search(name string) int {
	index := r.next
	if index >= len(r.names) || r.names[index] != name {
		var err error
		if index, err = r.inputs.find(name); err != nil {
			r.mistake(err)
			return unknown
		}
	}
	r.names[index] = name
	r.next = index + 1
	return index
}

// mistake keeps an error that was found here, after those of the values before.
func (r *Rows) mistake(err error) {
	r.change(func(unsafe.Pointer) error { return err })
}

func (r *Rows) number(input int, number float64) *Rows {
	return r.word(kindNumber, input, math.Float64bits(number))
}

func (r *Rows) integer(input int, integer int64) *Rows {
	return r.word(kindInteger, input, uint64(integer))
}

func (r *Rows) binary(input int, value bool) *Rows {
	if value {
		return r.word(kindBinary, input, 1)
	}
	return r.word(kindBinary, input, 0)
}

func (r *Rows) word(kind uint32, input int, word uint64) *Rows {
	if r.err == nil {
		r.pending.word(kind, input, word)
		r.flushFull()
	}
	return r
}

func (r *Rows) text(kind uint32, input int, text string) *Rows {
	if r.err == nil {
		r.pending.text(kind, input, text)
		r.flushFull()
	}
	return r
}

func (r *Rows) image(input int, picture image.Image, quality int) *Rows {
	if r.err == nil && picture == nil {
		r.mistake(r.inputError(StatusImage, input, "there is no image"))
	}
	return r.change(func(rows unsafe.Pointer) error { return addPixels(rows, input, r.reader.read(picture), quality) })
}

func (r *Rows) encodedImage(input int, encoded []byte) *Rows {
	return r.change(func(rows unsafe.Pointer) error { return addImage(rows, input, encoded) })
}

func (r *Rows) imageFile(input int, path string) *Rows {
	return r.change(func(rows unsafe.Pointer) error { return addImageFile(rows, input, path) })
}

func (r *Rows) array(input int, array Array) *Rows {
	if r.err == nil && input != unknown && array.dtype == timeDType {
		r.mistake(r.inputError(StatusFeatureType, input, errTime))
	}
	return r.change(func(rows unsafe.Pointer) error { return addArray(rows, input, array) })
}

func (r *Rows) npy(input int, file []byte) *Rows {
	return r.change(func(rows unsafe.Pointer) error { return addNPY(rows, input, file) })
}

func (r *Rows) npyFile(input int, path string) *Rows {
	return r.change(func(rows unsafe.Pointer) error { return addNPYFile(rows, input, path) })
}

// inputError is an error about an input of the row being built.
func (r *Rows) inputError(status Status, input int, format string, arguments ...any) error {
	return newInputError(status, r.ended, r.inputs.list[input].Name, format, arguments...)
}

// flushFull hands over what is pending when it is enough for one call.
func (r *Rows) flushFull() {
	if len(r.pending) >= fullPack {
		r.lockAndFlush()
	}
}

func (r *Rows) lockAndFlush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
}

// change hands over what is pending and then makes a call that changes the rows, unless there was a mistake.
func (r *Rows) change(call func(rows unsafe.Pointer) error) *Rows {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	if r.err == nil {
		r.err = r.exclusively(call)
	}
	return r
}

// flush hands over what is pending, in one call.
func (r *Rows) flush() {
	if r.err == nil && len(r.pending) > 0 {
		r.err = r.exclusively(func(rows unsafe.Pointer) error { return addPacked(rows, r.pending) })
	}
	r.pending = r.pending[:0]
}

// exclusively makes a call that changes the rows, which a prediction in another goroutine must not see.
func (r *Rows) exclusively(call func(rows unsafe.Pointer) error) error {
	if r.handle.lent() {
		return newError(StatusArgument, "the rows are being predicted; wait for that, or use others")
	}
	object, err := r.handle.acquire()
	if err != nil {
		return err
	}
	defer r.handle.release()
	return call(object)
}

// lend hands out the rows to be predicted: the caller releases the handle.
func (r *Rows) lend() (*handle, unsafe.Pointer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	if r.err != nil {
		return nil, nil, r.err
	}
	object, err := r.handle.acquire()
	return r.handle, object, err
}

// Struct adds one row from a struct, or a pointer to one, and ends it; a map[string]any is added as
// [Rows.Map] does. Each exported field is an input: the
// one its tag `sidekick:"..."` names, or else the one of the field's own name; the tag "-" leaves a field
// out. What fits where:
//
//   - a numeric input of shape [1]: floats and integers, but for [time.Duration], which has to be converted
//   - a categorical input: strings and integers; a binary input also bool
//   - a text input: strings
//   - an image input: [image.Image], []byte (the bytes of an image's file), [File], [io.Reader]
//   - an array: a slice or a fixed array of numbers with as many elements as the input's shape, nested ones of
//     the same sizes (with or without those that are 1), [Array], [File] (a .npy file)
//   - an input of the type [Bytes]: []byte, a fixed array of bytes
//   - any input: a pointer to one of these, and an any that holds what [Rows.Map] takes. A nil leaves the input
//     out, which a row may if the input is optional
//
// The fields of an embedded struct without a tag count as those of the struct, unless a field of the same name
// hides them; those of a nil pointer are left out. A field that is no input, or of a type that does not fit,
// is a mistake, and so is a tag of a field that is not exported.
func (r *Rows) Struct(row any) *Rows {
	if r.err != nil {
		return r
	}
	value := reflect.ValueOf(row)
	for range mostLevels {
		if value.Kind() != reflect.Pointer && value.Kind() != reflect.Interface {
			break
		}
		value = value.Elem()
	}
	if value.IsValid() && isMap(value.Type()) {
		return r.Map(value.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any))
	}
	if !value.IsValid() {
		r.mistake(newRowError(StatusArgument, r.ended, "the row is nil, of the type %T", row))
		return r
	}
	if value.Kind() != reflect.Struct {
		r.mistake(noStruct(value.Type()))
		return r
	}
	if r.encoder.source != value.Type() {
		encoder, err := structEncoderOf(value.Type(), r.inputs)
		if err != nil {
			r.mistake(err)
			return r
		}
		r.encoder = encoder
	}
	r.encoder.encode(r, value)
	return r.End()
}
