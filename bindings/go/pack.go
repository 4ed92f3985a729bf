package sidekick

import (
	"encoding/binary"
	"slices"
)

const (
	// headSize is the size of a record's kind, index and length.
	headSize = 16
	// wordSize is what payloads are padded to.
	wordSize = 8
	// fullPack is how many bytes are packed before they are handed over: enough to make the call into C cheap
	// for each value, few enough to stay in the processor's cache.
	fullPack = 64 << 10
)

// pack is values that wait for one call into C: records of a kind, an index, a length and a payload, padded
// with whatever is there.
type pack []byte

func (p *pack) endRow() { putHead(p.extend(headSize), kindEndRow, 0, 0) }

// word packs a number's 8 bytes.
func (p *pack) word(kind uint32, index int, word uint64) {
	record := p.extend(headSize + wordSize)
	putHead(record, kind, index, wordSize)
	binary.NativeEndian.PutUint64(record[headSize:], word)
}

func (p *pack) text(kind uint32, index int, text string) {
	record := p.extend(headSize + (len(text)+wordSize-1)&^(wordSize-1))
	putHead(record, kind, index, len(text))
	copy(record[headSize:], text)
}

// extend is room for a record.
func (p *pack) extend(size int) []byte {
	start := len(*p)
	if cap(*p)-start < size {
		*p = slices.Grow(*p, size)
	}
	*p = (*p)[:start+size]
	return (*p)[start:]
}

func putHead(record []byte, kind uint32, index, length int) {
	head := (*[headSize]byte)(record)
	binary.NativeEndian.PutUint32(head[:], kind)
	binary.NativeEndian.PutUint32(head[4:], uint32(index))
	binary.NativeEndian.PutUint64(head[8:], uint64(length))
}
