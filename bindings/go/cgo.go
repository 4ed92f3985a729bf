package sidekick

// This file, those named cgo_ and options.go know C. Their functions hand Go memory to C for the time of a
// call, copy what C gives, and turn a status into an error.

/*
#include <sidekick.h>

// The calls of every request: what they are given stays on the goroutine's stack.
#cgo nocallback sidekick_rows_clear
#cgo noescape sidekick_rows_clear
#cgo nocallback sidekick_rows_add_packed
#cgo noescape sidekick_rows_add_packed
#cgo nocallback sidekick_predictions_count
#cgo nocallback sidekick_predictions_failure_count
#cgo nocallback sidekick_predictions_numbers
#cgo noescape sidekick_predictions_numbers
#cgo nocallback sidekick_predictions_arrays
#cgo noescape sidekick_predictions_arrays
#cgo nocallback sidekick_predictions_probability_matrix
#cgo noescape sidekick_predictions_probability_matrix
#cgo nocallback sidekick_predictions_free
*/
import "C"

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"syscall"
	"unsafe"
)

// Kinds of packed records, as sidekick_rows_add_packed takes them.
const (
	kindEndRow   = C.SIDEKICK_RECORD_END_ROW
	kindNumber   = C.SIDEKICK_RECORD_NUMBER
	kindInteger  = C.SIDEKICK_RECORD_INTEGER
	kindCategory = C.SIDEKICK_RECORD_CATEGORY
	kindBinary   = C.SIDEKICK_RECORD_BINARY
	kindText     = C.SIDEKICK_RECORD_TEXT
	kindBytes    = C.SIDEKICK_RECORD_BYTES
	kindUnsigned = C.SIDEKICK_RECORD_UNSIGNED
)

// Version is that of the C library in use, as "0.2.0".
func Version() string { return C.GoString(C.sidekick_version()) }

// call makes a call into C that can fail.
func call(function func(failure **C.sidekick_error) C.sidekick_status) error {
	var failure *C.sidekick_error
	beforeC()
	status := function(&failure)
	return outcome(status, failure)
}

// outcome is the error of a call into C that has just returned.
func outcome(status C.sidekick_status, failure *C.sidekick_error) error {
	afterC()
	if status == C.SIDEKICK_OK {
		return nil
	}
	defer C.sidekick_error_free(failure)
	return goError(failure)
}

func goError(failure *C.sidekick_error) *Error {
	text := func(get func(length *C.size_t) *C.char) string {
		var length C.size_t
		start := get(&length)
		return goText(start, length)
	}
	return &Error{
		Status:  Status(C.sidekick_error_status(failure)),
		Message: text(func(length *C.size_t) *C.char { return C.sidekick_error_message(failure, length) }),
		ServerCode: text(func(length *C.size_t) *C.char {
			return C.sidekick_error_server_code(failure, length)
		}),
		ServerMessage: text(func(length *C.size_t) *C.char {
			return C.sidekick_error_server_message(failure, length)
		}),
		Feature:    text(func(length *C.size_t) *C.char { return C.sidekick_error_feature(failure, length) }),
		HTTPStatus: int(C.sidekick_error_http_status(failure)),
		Row:        int(C.sidekick_error_row(failure)),
		RowsFirst:  int(C.sidekick_error_rows_first(failure)),
		RowsCount:  int(C.sidekick_error_rows_count(failure)),
		Attempts:   int(C.sidekick_error_attempts(failure)),
		Retryable:  C.sidekick_error_retryable(failure) != 0,
		cause:      systemError(C.sidekick_error_os_error(failure)),
	}
}

// systemError is the error of the system's number, or nil.
func systemError(number C.int32_t) error {
	if number == 0 {
		return nil
	}
	return syscall.Errno(number)
}

// goText copies text that C handed out.
func goText(start *C.char, length C.size_t) string {
	return string(unsafe.Slice((*byte)(unsafe.Pointer(start)), length))
}

// cText lends text to C for one call.
func cText(text string) (*C.char, C.size_t) {
	return (*C.char)(unsafe.Pointer(unsafe.StringData(text))), C.size_t(len(text))
}

// cBytes lends bytes to C for one call, as unsafe.Pointer(&bytes[0]): cgo then looks for Go pointers in these
// bytes alone, and not in what is around them, such as a struct. No bytes are lent as one, of the size 0.
func cBytes(bytes []byte) ([]byte, C.size_t) {
	if len(bytes) == 0 {
		return make([]byte, 1), 0
	}
	return bytes, C.size_t(len(bytes))
}

// openDeployment opens a deployment, and returns its settings, of which those that are C's are freed.
func openDeployment(ctx context.Context, url, token string, options []Option) (unsafe.Pointer, *settings, error) {
	settings, err := newSettings(options)
	if err != nil {
		return nil, nil, err
	}
	defer settings.free()
	var deployment *C.sidekick_deployment
	err = callUntilDone(ctx, func(cancel *C.sidekick_cancel, failure **C.sidekick_error) C.sidekick_status {
		url, urlLength := cText(url)
		token, tokenLength := cText(token)
		return C.sidekick_deployment_open(url, urlLength, token, tokenLength, settings.options, cancel,
			&deployment, failure)
	})
	return unsafe.Pointer(deployment), settings, settings.tokens.explain(err)
}

func freeDeployment(deployment unsafe.Pointer) {
	C.sidekick_deployment_free((*C.sidekick_deployment)(deployment))
}

func batchLimitOf(deployment unsafe.Pointer) int {
	return int(C.sidekick_deployment_batch_limit((*C.sidekick_deployment)(deployment)))
}

func protocolOf(deployment unsafe.Pointer) Protocol {
	return Protocol(C.sidekick_deployment_protocol((*C.sidekick_deployment)(deployment)))
}

func modelVersionOf(deployment unsafe.Pointer) string {
	var length C.size_t
	version := C.sidekick_deployment_model_version((*C.sidekick_deployment)(deployment), &length)
	return goText(version, length)
}

func inputsOf(deployment unsafe.Pointer) (features, error) {
	return featuresOf((*C.sidekick_deployment)(deployment), C.SIDEKICK_INPUT)
}

func outputsOf(deployment unsafe.Pointer) (features, error) {
	return featuresOf((*C.sidekick_deployment)(deployment), C.SIDEKICK_OUTPUT)
}

func featuresOf(deployment *C.sidekick_deployment, side C.int32_t) (features, error) {
	count := C.sidekick_deployment_feature_count(deployment, side)
	list := make([]Feature, count)
	for index := range list {
		feature, err := featureAt(deployment, side, C.size_t(index))
		if err != nil {
			return features{}, err
		}
		list[index] = feature
	}
	_, unknown := featureAt(deployment, side, count)
	return newFeatures(list, namesIn(unknown)), nil
}

// namesIn is the end of the library's error of an index that no feature has. The library knows which names may
// be shown: one that holds the token may not.
func namesIn(unknown error) string {
	const start = "; the deployment has "
	_, names, found := strings.Cut(unknown.Error(), start)
	if !found {
		return ""
	}
	return start + names
}

func featureAt(deployment *C.sidekick_deployment, side C.int32_t, index C.size_t) (Feature, error) {
	var name *C.char
	var nameLength, rank, categories C.size_t
	var featureType, element, optional C.int32_t
	var shape *C.size_t
	for _, read := range []func(failure **C.sidekick_error) C.sidekick_status{
		func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_deployment_feature_name(deployment, side, index, &name, &nameLength, failure)
		},
		func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_deployment_feature_type(deployment, side, index, &featureType, failure)
		},
		func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_deployment_feature_shape(deployment, side, index, &shape, &rank, failure)
		},
		func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_deployment_category_count(deployment, side, index, &categories, failure)
		},
		func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_deployment_feature_dtype(deployment, side, index, &element, failure)
		},
		func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_deployment_feature_optional(deployment, side, index, &optional, failure)
		},
	} {
		if err := call(read); err != nil {
			return Feature{}, err
		}
	}
	labels, err := goTexts(categories, func(category C.size_t, label **C.char, length *C.size_t,
		failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_deployment_category(deployment, side, index, category, label, length, failure)
	})
	feature := Feature{Name: goText(name, nameLength), Type: FeatureType(featureType), Categories: labels,
		Element: ElementType(element), Optional: optional != 0}
	for _, size := range unsafe.Slice(shape, rank) {
		feature.Shape = append(feature.Shape, int(size))
	}
	return feature, err
}

// goTexts copies texts that C hands out one by one.
func goTexts(count C.size_t, get func(at C.size_t, text **C.char, length *C.size_t,
	failure **C.sidekick_error) C.sidekick_status) ([]string, error) {
	texts := make([]string, count)
	for at := range texts {
		var text *C.char
		var length C.size_t
		err := call(func(failure **C.sidekick_error) C.sidekick_status {
			return get(C.size_t(at), &text, &length, failure)
		})
		if err != nil {
			return nil, err
		}
		texts[at] = goText(text, length)
	}
	return texts, nil
}

func postJSON(ctx context.Context, deployment unsafe.Pointer, json []byte) (*Reply, error) {
	var reply *C.sidekick_reply
	err := callUntilDone(ctx, func(cancel *C.sidekick_cancel, failure **C.sidekick_error) C.sidekick_status {
		text, length := cText(unsafe.String(unsafe.SliceData(json), len(json)))
		return C.sidekick_deployment_post_json((*C.sidekick_deployment)(deployment), text, length, cancel, &reply,
			failure)
	})
	if err != nil {
		return nil, err
	}
	defer C.sidekick_reply_free(reply)
	var length C.size_t
	body := C.sidekick_reply_text(reply, &length)
	return &Reply{HTTPStatus: int(C.sidekick_reply_http_status(reply)), Body: goText(body, length)}, nil
}

// predict predicts rows and copies the outputs into Go memory, a column at a time.
func predict(ctx context.Context, deployment, rows unsafe.Pointer, outputs *outputs) (*Predictions, error) {
	var predictions *C.sidekick_predictions
	err := callUntilDone(ctx, func(cancel *C.sidekick_cancel, failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_deployment_predict((*C.sidekick_deployment)(deployment), (*C.sidekick_rows)(rows),
			cancel, &predictions, failure)
	})
	if err != nil {
		return nil, err
	}
	return takePredictions(predictions, outputs)
}

// takePredictions copies predictions and frees those of C.
func takePredictions(predictions *C.sidekick_predictions, outputs *outputs) (*Predictions, error) {
	defer C.sidekick_predictions_free(predictions)
	rows := int(C.sidekick_predictions_count(predictions))
	columns := outputs.takeSpare()
	for index, output := range outputs.list {
		if err := (*columns)[index].read(predictions, C.size_t(index), output, rows); err != nil {
			return nil, err
		}
		if err := (*columns)[index].readKept(predictions, C.size_t(index), output.Element); err != nil {
			return nil, err
		}
	}
	failures, err := readFailures(predictions)
	if err != nil {
		return nil, err
	}
	found := &Predictions{outputs: outputs, rows: rows, failures: failures}
	found.columns.Store(columns)
	return found, nil
}

// readFailures reads why rows were called bad; there are none unless bad rows are isolated.
func readFailures(predictions *C.sidekick_predictions) ([]*Error, error) {
	count := C.sidekick_predictions_failure_count(predictions)
	if count == 0 {
		return nil, nil
	}
	failures := make([]*Error, count)
	for index := range failures {
		var bad *C.sidekick_error
		err := call(func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_predictions_failure(predictions, C.size_t(index), &bad, failure)
		})
		if err != nil {
			return nil, err
		}
		failures[index] = goError(bad)
		C.sidekick_error_free(bad)
	}
	return failures, nil
}

// read fills the column with an output of all rows, in the memory it has.
func (c *column) read(predictions *C.sidekick_predictions, output C.size_t, feature Feature, rows int) (err error) {
	switch {
	case feature.IsArray():
		c.size = elementCount(feature.Shape)
		if c.elements, err = appendArrays(c.elements[:0], predictions, output); err == nil && feature.isFree() {
			c.shapes, c.ends, err = readShapes(predictions, output, rows)
		}
	case feature.Type == Categorical:
		if c.numbers, err = appendProbabilities(c.numbers[:0], predictions, output); err == nil {
			c.labels, err = readLabels(predictions, output, feature)
		}
	case feature.Type == Text:
		c.texts, err = appendTexts(c.texts[:0], predictions, output)
	case feature.Type == Bytes:
		c.bytes, err = readBytes(predictions, output)
	case feature.Type == Image:
		c.pictures, err = readPictures(predictions, output, rows)
	default:
		c.numbers, err = appendNumbers(c.numbers[:0], predictions, output)
	}
	return err
}

// readShapes reads the shape of each row's array, and where its elements end among those of all rows.
func readShapes(predictions *C.sidekick_predictions, output C.size_t, rows int) ([][]int, []int, error) {
	shapes, ends, end := make([][]int, rows), make([]int, rows), 0
	for row := range shapes {
		var start *C.size_t
		var rank C.size_t
		err := call(func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_predictions_row_shape(predictions, output, C.size_t(row), &start, &rank, failure)
		})
		if err != nil {
			return nil, nil, err
		}
		for _, size := range unsafe.Slice(start, rank) {
			shapes[row] = append(shapes[row], int(size))
		}
		end += elementCount(shapes[row])
		ends[row] = end
	}
	return shapes, ends, nil
}

// readKept copies the elements of a tensor whose type is not that of arrays or numbers.
func (c *column) readKept(predictions *C.sidekick_predictions, output C.size_t, element ElementType) error {
	// Numbers are kept as float64, arrays as float32.
	here := ElementFloat64
	if c.elements != nil {
		here = ElementFloat32
	}
	c.element = element
	if c.kept = c.kept[:0]; element == 0 || element == here {
		return nil
	}
	var start unsafe.Pointer
	var size C.size_t
	var kept C.int32_t
	err := call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_predictions_elements_column(predictions, output, &start, &size, &kept, failure)
	})
	if err == nil {
		// Words, so that elements of any type are aligned.
		c.kept = slices.Grow(c.kept, int(size+7)/8)[:(size+7)/8]
		copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(c.kept))), size), unsafe.Slice((*byte)(start), size))
		c.keptBytes = int(size)
	}
	return err
}

func appendNumbers(numbers []float64, predictions *C.sidekick_predictions, output C.size_t) ([]float64, error) {
	var start *C.double
	var count C.size_t
	var failure *C.sidekick_error
	beforeC()
	status := C.sidekick_predictions_numbers(predictions, output, &start, &count, &failure)
	return append(numbers, unsafe.Slice((*float64)(start), count)...), outcome(status, failure)
}

// appendProbabilities reads a matrix of probabilities.
func appendProbabilities(matrix []float64, predictions *C.sidekick_predictions, output C.size_t) ([]float64, error) {
	var start *C.double
	var count C.size_t
	var failure *C.sidekick_error
	beforeC()
	status := C.sidekick_predictions_probability_matrix(predictions, output, &start, &count, &failure)
	return append(matrix, unsafe.Slice((*float64)(start), count)...), outcome(status, failure)
}

func appendArrays(elements []float32, predictions *C.sidekick_predictions, output C.size_t) ([]float32, error) {
	var start *C.float
	var count C.size_t
	var failure *C.sidekick_error
	beforeC()
	status := C.sidekick_predictions_arrays(predictions, output, &start, &count, &failure)
	return append(elements, unsafe.Slice((*float32)(start), count)...), outcome(status, failure)
}

func appendTexts(texts []string, predictions *C.sidekick_predictions, output C.size_t) ([]string, error) {
	var joined *C.char
	var ends *C.size_t
	var count C.size_t
	err := call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_predictions_texts(predictions, output, &joined, &ends, &count, failure)
	})
	if err != nil || count == 0 {
		return texts, err
	}
	places := unsafe.Slice(ends, count)
	all := goText(joined, places[count-1])
	start := C.size_t(0)
	for _, end := range places {
		texts = append(texts, all[start:end-1])
		start = end
	}
	return texts, nil
}

// readBytes copies the values of an output of the type Bytes, in one piece of memory.
func readBytes(predictions *C.sidekick_predictions, output C.size_t) ([][]byte, error) {
	var start unsafe.Pointer
	var ends *C.size_t
	var count C.size_t
	err := call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_predictions_bytes_column(predictions, output, &start, &ends, &count, failure)
	})
	if err != nil || count == 0 {
		return nil, err
	}
	places := unsafe.Slice(ends, count)
	all := bytes.Clone(unsafe.Slice((*byte)(start), places[count-1]))
	values, first := make([][]byte, count), C.size_t(0)
	for row, end := range places {
		values[row] = all[first:end:end]
		first = end
	}
	return values, nil
}

// readLabels gives the labels that the output lists; if it lists none, they come with the response.
func readLabels(predictions *C.sidekick_predictions, output C.size_t, feature Feature) ([]string, error) {
	if len(feature.Categories) > 0 {
		return feature.Categories, nil
	}
	var count C.size_t
	err := call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_predictions_category_count(predictions, output, &count, failure)
	})
	if err != nil {
		return nil, err
	}
	return goTexts(count, func(category C.size_t, label **C.char, length *C.size_t,
		failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_predictions_category_label(predictions, output, category, label, length, failure)
	})
}

func readPictures(predictions *C.sidekick_predictions, output C.size_t, rows int) ([]Picture, error) {
	pictures := make([]Picture, rows)
	for row := range pictures {
		var encoded unsafe.Pointer
		var size C.size_t
		var mediaType *C.char
		err := call(func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_predictions_image(predictions, output, C.size_t(row), &encoded, &size,
				&mediaType, failure)
		})
		if err != nil {
			return nil, err
		}
		var width, height, channels C.uint32_t
		refused := call(func(failure **C.sidekick_error) C.sidekick_status {
			return C.sidekick_predictions_image_size(predictions, output, C.size_t(row), &width, &height,
				&channels, failure)
		})
		pictures[row] = Picture{
			MediaType: C.GoString(mediaType),
			Bytes:     slices.Clone(unsafe.Slice((*byte)(encoded), size)),
			refused:   refused,
		}
	}
	return pictures, nil
}

func newRows(deployment unsafe.Pointer) (unsafe.Pointer, error) {
	var rows *C.sidekick_rows
	err := call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_rows_new((*C.sidekick_deployment)(deployment), &rows, failure)
	})
	return unsafe.Pointer(rows), err
}

func freeRows(rows unsafe.Pointer) { C.sidekick_rows_free((*C.sidekick_rows)(rows)) }

func clearRows(rows unsafe.Pointer) error {
	var failure *C.sidekick_error
	beforeC()
	status := C.sidekick_rows_clear((*C.sidekick_rows)(rows), &failure)
	return outcome(status, failure)
}

func discardRow(rows unsafe.Pointer) error {
	return call(func(failure **C.sidekick_error) C.sidekick_status {
		return C.sidekick_rows_discard_row((*C.sidekick_rows)(rows), failure)
	})
}

func addPacked(rows unsafe.Pointer, records []byte) error {
	var failure *C.sidekick_error
	start, size := unsafe.Pointer(unsafe.SliceData(records)), C.size_t(len(records))
	beforeC()
	status := C.sidekick_rows_add_packed((*C.sidekick_rows)(rows), start, size, &failure)
	return outcome(status, failure)
}

func addImage(rows unsafe.Pointer, input int, encoded []byte) error {
	return call(func(failure **C.sidekick_error) C.sidekick_status {
		bytes, size := cBytes(encoded)
		return C.sidekick_rows_add_image_at((*C.sidekick_rows)(rows), C.size_t(input), unsafe.Pointer(&bytes[0]),
			size, failure)
	})
}

func addImageFile(rows unsafe.Pointer, input int, path string) error {
	return call(func(failure **C.sidekick_error) C.sidekick_status {
		path, length := cText(path)
		return C.sidekick_rows_add_image_file_at((*C.sidekick_rows)(rows), C.size_t(input), path, length, failure)
	})
}

func addPixels(rows unsafe.Pointer, input int, pixels pixels, quality int) error {
	return call(func(failure **C.sidekick_error) C.sidekick_status {
		samples, size := cBytes(pixels.samples)
		return C.sidekick_rows_add_pixels_at((*C.sidekick_rows)(rows), C.size_t(input),
			C.uint32_t(pixels.width), C.uint32_t(pixels.height), C.uint32_t(pixels.channels),
			C.size_t(pixels.stride), unsafe.Pointer(&samples[0]), size, C.int32_t(quality), failure)
	})
}

func addArray(rows unsafe.Pointer, input int, array Array) error {
	shape := make([]C.size_t, len(array.shape))
	for at, size := range array.shape {
		shape[at] = C.size_t(size)
	}
	return call(func(failure **C.sidekick_error) C.sidekick_status {
		bytes, size := cBytes(unsafe.Slice((*byte)(array.data), array.size))
		return C.sidekick_rows_add_array_at((*C.sidekick_rows)(rows), C.size_t(input), C.int32_t(array.dtype),
			unsafe.SliceData(shape), C.size_t(len(shape)), nil, unsafe.Pointer(&bytes[0]), size, failure)
	})
}

func addNPY(rows unsafe.Pointer, input int, file []byte) error {
	return call(func(failure **C.sidekick_error) C.sidekick_status {
		bytes, size := cBytes(file)
		return C.sidekick_rows_add_npy_at((*C.sidekick_rows)(rows), C.size_t(input), unsafe.Pointer(&bytes[0]), size,
			failure)
	})
}

func addNPYFile(rows unsafe.Pointer, input int, path string) error {
	return call(func(failure **C.sidekick_error) C.sidekick_status {
		path, length := cText(path)
		return C.sidekick_rows_add_npy_file_at((*C.sidekick_rows)(rows), C.size_t(input), path, length, failure)
	})
}
