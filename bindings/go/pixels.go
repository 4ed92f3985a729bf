package sidekick

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"slices"
)

// pixels are raw 8-bit samples: 1 channel is grey, 3 are RGB, 4 RGBA.
type pixels struct {
	width, height, channels, stride int
	samples                         []byte
}

// pixelReader turns images into the samples that the library is given; its memory is used again.
type pixelReader struct {
	rgb []byte
}

// read lends the samples of an image if they are grey, or else copies them without their alpha.
func (r *pixelReader) read(picture image.Image) pixels {
	switch picture := picture.(type) {
	case *image.Gray:
		return pixels{picture.Rect.Dx(), picture.Rect.Dy(), 1, picture.Stride, picture.Pix}
	case *image.NRGBA:
		read, _ := r.withoutAlpha(picture.Rect, picture.Stride, picture.Pix)
		return read
	case *image.RGBA:
		if read, opaque := r.withoutAlpha(picture.Rect, picture.Stride, picture.Pix); opaque {
			return read
		}
	case *image.YCbCr:
		// It is opaque, and quickly drawn as RGBA alone.
		return r.read(drawn(image.NewRGBA(sized(picture)), picture))
	}
	if picture.ColorModel() == color.Gray16Model {
		return r.read(drawn(image.NewGray(sized(picture)), picture))
	}
	return r.read(drawn(image.NewNRGBA(sized(picture)), picture))
}

func sized(picture image.Image) image.Rectangle {
	return image.Rectangle{Max: picture.Bounds().Size()}
}

func drawn(target draw.Image, picture image.Image) image.Image {
	draw.Draw(target, target.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return target
}

// withoutAlpha copies the samples of RGBA pixels, and reports whether all are opaque.
func (r *pixelReader) withoutAlpha(bounds image.Rectangle, stride int, samples []byte) (pixels, bool) {
	width, height := bounds.Dx(), bounds.Dy()
	if width <= 0 || height <= 0 || stride < 4*width || len(samples) < stride*(height-1)+4*width {
		// The library says what is wrong with it.
		return pixels{width, height, 4, stride, samples}, true
	}
	r.rgb = slices.Grow(r.rgb[:0], 3*width*height)[:3*width*height]
	alpha := ^uint64(0)
	for y := range height {
		alpha &= dropAlpha(r.rgb[3*width*y:3*width*(y+1)], samples[stride*y:stride*y+4*width])
	}
	return pixels{width, height, 3, 3 * width, r.rgb}, alpha&alphas == alphas
}

const (
	// alphas is where two RGBA pixels have their alpha, firstColours and secondColours where they have the
	// rest.
	alphas        = 0xff000000_ff000000
	firstColours  = 0x00000000_00ffffff
	secondColours = 0x00ffffff_00000000
)

// dropAlpha copies RGBA pixels as RGB, and returns which bits all pairs of them have.
func dropAlpha(rgb, rgba []byte) uint64 {
	common := ^uint64(0)
	for len(rgba) >= 32 {
		from, to := (*[32]byte)(rgba), (*[24]byte)(rgb)
		one, two := binary.LittleEndian.Uint64(from[:]), binary.LittleEndian.Uint64(from[8:])
		three, four := binary.LittleEndian.Uint64(from[16:]), binary.LittleEndian.Uint64(from[24:])
		common &= one & two & three & four
		one, two, three, four = colours(one), colours(two), colours(three), colours(four)
		binary.LittleEndian.PutUint64(to[:], one|two<<48)
		binary.LittleEndian.PutUint64(to[8:], two>>16|three<<32)
		binary.LittleEndian.PutUint64(to[16:], three>>32|four<<16)
		rgba, rgb = rgba[32:], rgb[24:]
	}
	for len(rgba) >= 4 {
		copy(rgb[:3], rgba)
		common &= uint64(rgba[3])<<24 | uint64(rgba[3])<<56 | ^uint64(alphas)
		rgba, rgb = rgba[4:], rgb[3:]
	}
	return common
}

// colours are the six colours of two RGBA pixels, without a gap.
func colours(pixels uint64) uint64 {
	return pixels&firstColours | pixels&secondColours>>8
}
