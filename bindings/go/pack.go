package sidekick

import "encoding/binary"

// Kinds of packed records, as sidekick_rows_add_packed takes them.
const (
	kindEndRow   = 0
	kindNumber   = 1
	kindInteger  = 2
	kindCategory = 3
	kindBinary   = 4
	kindText     = 5
)

// fullPack is how many bytes are packed before they are handed over: enough to make the call into C cheap for each
// value, few enough to stay in the processor's cache.
const fullPack = 64 << 10

// pack is values that wait for one call into C: records of a kind, an index, a length and a padded payload.
type pack []byte

func (p *pack) endRow() { p.head(kindEndRow, 0, 0) }

// word packs a number's 8 bytes.
func (p *pack) word(kind uint32, index int, word uint64) {
	p.head(kind, index, 8)
	*p = binary.NativeEndian.AppendUint64(*p, word)
}

func (p *pack) text(kind uint32, index int, text string) {
	p.head(kind, index, len(text))
	*p = append(*p, text...)
	var padding [8]byte
	*p = append(*p, padding[:-len(text)&7]...)
}

func (p *pack) head(kind uint32, index, length int) {
	*p = binary.NativeEndian.AppendUint32(*p, kind)
	*p = binary.NativeEndian.AppendUint32(*p, uint32(index))
	*p = binary.NativeEndian.AppendUint64(*p, uint64(length))
}
