package sidekick

/*
#include <sidekick.h>

#cgo nocallback sidekick_rows_add_columns
#cgo noescape sidekick_rows_add_columns
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// addColumns lends the columns to C, and pins them: C is given pointers to pointers.
func addColumns(rows unsafe.Pointer, count int, table *columnTable) error {
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pin(&pinner, unsafe.Pointer(unsafe.SliceData(table.joined)))
	pin(&pinner, unsafe.Pointer(unsafe.SliceData(table.pieceEnds)))
	for _, numbers := range table.numbers {
		pin(&pinner, numbers)
	}
	for _, shape := range table.shapes {
		pin(&pinner, shape)
	}
	var failure *C.sidekick_error
	beforeC()
	status := C.sidekick_rows_add_columns((*C.sidekick_rows)(rows), C.size_t(count), C.size_t(len(table.inputs)),
		(*C.size_t)(unsafe.Pointer(unsafe.SliceData(table.inputs))),
		(*C.int32_t)(unsafe.Pointer(unsafe.SliceData(table.kinds))), unsafe.SliceData(table.values),
		(*C.size_t)(unsafe.Pointer(unsafe.SliceData(table.sizes))),
		(**C.size_t)(unsafe.Pointer(unsafe.SliceData(table.ends))), &failure)
	return outcome(status, failure)
}

func pin(pinner *runtime.Pinner, pointer unsafe.Pointer) {
	if pointer != nil {
		pinner.Pin(pointer)
	}
}
