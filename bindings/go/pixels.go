package sidekick

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"math"
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

// read lends the samples of an image if they are grey, or else copies them without their alpha. Colours that
// are not multiplied with their alpha are read here: package image multiplies them, and transparent ones turn
// black.
func (r *pixelReader) read(picture image.Image) pixels {
	switch picture := picture.(type) {
	case *image.Gray:
		return grey(picture)
	case *image.NRGBA:
		read, _ := r.withoutAlpha(picture.Rect, picture.Stride, picture.Pix)
		return read
	case *image.RGBA:
		if read, opaque := r.withoutAlpha(picture.Rect, picture.Stride, picture.Pix); opaque {
			return read
		}
	case *image.Gray16:
		read, _ := r.reduced(picture.Rect, 1, picture.Stride, picture.Pix)
		return read
	case *image.NRGBA64:
		read, _ := r.reduced(picture.Rect, 4, picture.Stride, picture.Pix)
		return read
	case *image.RGBA64:
		if read, opaque := r.reduced(picture.Rect, 4, picture.Stride, picture.Pix); opaque {
			return read
		}
		return r.read(drawn(image.NewNRGBA64(sized(picture)), picture))
	case *image.Paletted:
		return r.paletted(picture)
	case *image.YCbCr:
		// It is opaque, and quickly drawn as RGBA alone.
		return r.read(drawn(image.NewRGBA(sized(picture)), picture))
	case *image.NYCbCrA:
		return r.read(&picture.YCbCr)
	}
	switch picture.ColorModel() {
	case color.Gray16Model:
		return r.read(drawn(image.NewGray16(sized(picture)), picture))
	case color.RGBA64Model:
		return r.read(drawn(image.NewNRGBA64(sized(picture)), picture))
	case color.RGBAModel, color.GrayModel, color.AlphaModel, color.CMYKModel, color.YCbCrModel:
		return r.read(drawn(image.NewNRGBA(sized(picture)), picture))
	}
	return r.coloured(picture)
}

// grey lends the samples of a grey image.
func grey(picture *image.Gray) pixels {
	width, height, stride := picture.Rect.Dx(), picture.Rect.Dy(), picture.Stride
	if height == 1 {
		stride = width
	}
	return pixels{width, height, 1, stride, picture.Pix}
}

func sized(picture image.Image) image.Rectangle {
	return image.Rectangle{Max: picture.Bounds().Size()}
}

func drawn(target draw.Image, picture image.Image) image.Image {
	draw.Draw(target, target.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return target
}

// coloured copies one pixel after another: to draw those of another type would multiply them with their alpha.
func (r *pixelReader) coloured(picture image.Image) pixels {
	bounds := picture.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	if bounds.Empty() || width > mostPixels || height > mostPixels {
		return pixels{width, height, 3, 0, nil}
	}
	r.rgb = slices.Grow(r.rgb[:0], 3*width*height)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			colour := withoutMultiplication(picture.At(x, y))
			r.rgb = append(r.rgb, colour[:]...)
		}
	}
	return pixels{width, height, 3, 3 * width, r.rgb}
}

// mostPixels is how many pixels the library takes at each side. An [image.Uniform] has more.
const mostPixels = 65535

// withoutMultiplication is a colour without its alpha; none is black. Package image would make a transparent
// one black, and cut samples of 16 bits.
func withoutMultiplication(colour color.Color) [3]byte {
	switch colour := colour.(type) {
	case nil:
		return [3]byte{}
	case color.NRGBA:
		return [3]byte{colour.R, colour.G, colour.B}
	case color.NYCbCrA:
		red, green, blue := color.YCbCrToRGB(colour.Y, colour.Cb, colour.Cr)
		return [3]byte{red, green, blue}
	case color.RGBA, color.CMYK, color.YCbCr:
		divided := color.NRGBAModel.Convert(colour).(color.NRGBA)
		return [3]byte{divided.R, divided.G, divided.B}
	}
	divided := color.NRGBA64Model.Convert(colour).(color.NRGBA64)
	return [3]byte{nearest(divided.R), nearest(divided.G), nearest(divided.B)}
}

// nearest is a sample of 16 bits as 8 bits.
func nearest(sample uint16) byte { return byte((uint32(sample) + 128) / 257) }

// isBroken reports whether an image is empty, or has too few samples. The library says what is wrong with it.
// One row needs no stride: package image does not read it.
func isBroken(bounds image.Rectangle, pixelBytes, stride int, samples []byte) bool {
	width, height := bounds.Dx(), bounds.Dy()
	return width <= 0 || height <= 0 || height > 1 && stride < pixelBytes*width ||
		len(samples) < stride*(height-1)+pixelBytes*width
}

// reduced copies grey or RGBA samples of 16 bits as 8 bits, each the nearest one, as the library does with those
// of a file, without alpha. It reports whether all pixels are opaque.
func (r *pixelReader) reduced(bounds image.Rectangle, channels, stride int, samples []byte) (pixels, bool) {
	width, height, kept, opaque := bounds.Dx(), bounds.Dy(), min(channels, 3), true
	if isBroken(bounds, 2*channels, stride, samples) {
		return pixels{width, height, channels, stride, nil}, true
	}
	r.rgb = slices.Grow(r.rgb[:0], kept*width*height)
	for y := range height {
		row := samples[stride*y : stride*y+2*channels*width]
		for ; len(row) > 0; row = row[2*channels:] {
			for at := range kept {
				r.rgb = append(r.rgb, nearest(binary.BigEndian.Uint16(row[2*at:])))
			}
			opaque = opaque && (channels == 1 || binary.BigEndian.Uint16(row[6:]) == math.MaxUint16)
		}
	}
	return pixels{width, height, kept, kept * width, r.rgb}, opaque
}

// paletted copies the colours that a palette has without alpha.
func (r *pixelReader) paletted(picture *image.Paletted) pixels {
	width, height, stride := picture.Rect.Dx(), picture.Rect.Dy(), picture.Stride
	if isBroken(picture.Rect, 1, stride, picture.Pix) {
		// The library would take the places in the palette for greys.
		return pixels{width, height, 1, stride, nil}
	}
	colours := coloursOf(picture.Palette)
	r.rgb = slices.Grow(r.rgb[:0], 3*width*height)
	for y := range height {
		for _, place := range picture.Pix[stride*y : stride*y+width] {
			r.rgb = append(r.rgb, colours[place][:]...)
		}
	}
	return pixels{width, height, 3, 3 * width, r.rgb}
}

// coloursOf is the colours of a palette. Those that it lacks are black, as package image/png has them.
func coloursOf(palette color.Palette) (colours [256][3]byte) {
	for at, entry := range palette[:min(len(palette), len(colours))] {
		colours[at] = withoutMultiplication(entry)
	}
	return colours
}

// withoutAlpha copies the samples of RGBA pixels, and reports whether all are opaque.
func (r *pixelReader) withoutAlpha(bounds image.Rectangle, stride int, samples []byte) (pixels, bool) {
	width, height := bounds.Dx(), bounds.Dy()
	if isBroken(bounds, 4, stride, samples) {
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
