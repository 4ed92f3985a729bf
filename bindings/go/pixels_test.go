package sidekick

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// randomNRGBA is an image with gaps between its rows, seen through a window.
func randomNRGBA(width, height int) *image.NRGBA {
	whole := image.NewNRGBA(image.Rect(0, 0, width+3, height+2))
	for at := range whole.Pix {
		whole.Pix[at] = uint8(rand.Uint32())
	}
	return whole.SubImage(image.Rect(2, 1, 2+width, 1+height)).(*image.NRGBA)
}

func TestAlphaIsDropped(t *testing.T) {
	var reader pixelReader
	for width := 1; width < 40; width++ {
		picture := randomNRGBA(width, 3)
		var expected []byte
		for y := range 3 {
			for x := range width {
				pixel := picture.NRGBAAt(2+x, 1+y)
				expected = append(expected, pixel.R, pixel.G, pixel.B)
			}
		}
		read := reader.read(picture)
		if read.width != width || read.height != 3 || read.channels != 3 || read.stride != 3*width {
			t.Fatal(read)
		}
		if !bytes.Equal(read.samples, expected) {
			t.Errorf("width %d: %v instead of %v", width, read.samples, expected)
		}
	}
}

// TestEachPixelOfRGBACounts makes one pixel after another translucent: the colours are then no longer
// multiplied with alpha.
func TestEachPixelOfRGBACounts(t *testing.T) {
	const width, height = 19, 2
	var reader pixelReader
	for translucent := range width * height {
		picture := image.NewRGBA(image.Rect(0, 0, width, height))
		draw.Draw(picture, picture.Rect, image.NewUniform(color.NRGBA{200, 100, 50, 255}), image.Point{}, draw.Src)
		at := image.Pt(translucent%width, translucent/width)
		picture.SetRGBA(at.X, at.Y, color.RGBA{100, 50, 25, 128})
		samples := reader.read(picture).samples
		size := len(samples) / (width * height)
		if pixel := samples[size*translucent:][:3]; !bytes.Equal(pixel, []byte{199, 99, 49}) {
			t.Errorf("pixel %d is %v", translucent, pixel)
		}
	}
}

func TestYCbCrIsReadAsItsColours(t *testing.T) {
	picture := image.NewYCbCr(image.Rect(1, 2, 22, 15), image.YCbCrSubsampleRatio420)
	for _, plane := range [][]uint8{picture.Y, picture.Cb, picture.Cr} {
		for at := range plane {
			plane[at] = uint8(rand.Uint32())
		}
	}
	var reader pixelReader
	read := reader.read(picture)
	for y := range read.height {
		for x := range read.width {
			pixel := color.NRGBAModel.Convert(picture.At(1+x, 2+y)).(color.NRGBA)
			if got := read.samples[read.stride*y+3*x:][:3]; !bytes.Equal(got, []byte{pixel.R, pixel.G, pixel.B}) {
				t.Fatalf("pixel %d, %d is %v instead of %v", x, y, got, pixel)
			}
		}
	}
}

func TestColoursOfAPaletteKeepTheirValues(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 3, 1), color.Palette{
		color.NRGBA{255, 255, 255, 0}, color.RGBA{100, 50, 25, 128},
	})
	copy(picture.Pix, []uint8{0, 1, 2})
	var reader pixelReader
	// There is no third colour: it is black, as package image/png reads it.
	if samples := reader.read(picture).samples; !bytes.Equal(samples, []byte{255, 255, 255, 199, 99, 49, 0, 0, 0}) {
		t.Error(samples)
	}
	picture.Palette = color.Palette{nil, nil}
	if samples := reader.read(picture).samples; !bytes.Equal(samples, make([]byte, 9)) {
		t.Error(samples)
	}
	picture.Palette = nil
	if samples := reader.read(struct{ *image.Paletted }{picture}).samples; !bytes.Equal(samples, make([]byte, 9)) {
		t.Error(samples)
	}
	if samples := reader.read(picture).samples; !bytes.Equal(samples, make([]byte, 9)) {
		t.Error(samples)
	}
}

func TestSamplesOf16BitsBecomeTheNearestOf8(t *testing.T) {
	whole := image.NewNRGBA64(image.Rect(0, 0, 9, 5))
	for at := range whole.Pix {
		whole.Pix[at] = uint8(rand.Uint32())
	}
	picture := whole.SubImage(image.Rect(2, 1, 8, 4)).(*image.NRGBA64)
	var expected []byte
	for y := 1; y < 4; y++ {
		for x := 2; x < 8; x++ {
			pixel := whole.NRGBA64At(x, y)
			for _, sample := range []uint16{pixel.R, pixel.G, pixel.B} {
				expected = append(expected, uint8(math.Round(float64(sample)/257)))
			}
		}
	}
	var reader pixelReader
	if samples := reader.read(picture).samples; !bytes.Equal(samples, expected) {
		t.Errorf("%v instead of %v", samples, expected)
	}
}

// TestColoursBesideAlphaAreRead has YCbCr with an alpha, as package webp reads it.
func TestColoursBesideAlphaAreRead(t *testing.T) {
	picture := image.NewNYCbCrA(image.Rect(0, 0, 5, 4), image.YCbCrSubsampleRatio420)
	for at := range picture.Y {
		picture.Y[at] = uint8(40 * at)
	}
	var reader, expected pixelReader
	if samples := reader.read(picture).samples; !bytes.Equal(samples, expected.read(&picture.YCbCr).samples) {
		t.Error(samples)
	}
}

// TestBrokenPicturesAreLeftToTheLibrary reads images whose fields do not fit each other.
func TestBrokenPicturesAreLeftToTheLibrary(t *testing.T) {
	var reader pixelReader
	for _, broken := range []*image.NRGBA{
		{Pix: make([]uint8, 15), Stride: 8, Rect: image.Rect(0, 0, 2, 2)},
		{Pix: make([]uint8, 16), Stride: 7, Rect: image.Rect(0, 0, 2, 2)},
		{Pix: make([]uint8, 16), Stride: -8, Rect: image.Rect(0, 0, 2, 2)},
		{Pix: nil, Stride: 0, Rect: image.Rect(0, 0, 0, 2)},
	} {
		if read := reader.read(broken); read.channels != 4 || len(read.samples) != len(broken.Pix) {
			t.Error(read)
		}
	}
}

// TestOneRowNeedsNoStride reads images of one row, whose stride nothing reads in package image.
func TestOneRowNeedsNoStride(t *testing.T) {
	bounds, palette := image.Rect(1, 2, 3, 3), color.Palette{color.White, color.NRGBA{200, 100, 50, 0}}
	pix := []uint8{1, 0, 255, 255, 128, 128, 255, 255, 7, 7, 9, 9, 11, 11, 255, 255}
	for _, stride := range []int{0, 1, -8} {
		for _, picture := range []image.Image{
			&image.Gray{Pix: pix[:2], Stride: stride, Rect: bounds},
			&image.Gray16{Pix: pix[2:6], Stride: stride, Rect: bounds},
			&image.NRGBA{Pix: pix[8:], Stride: stride, Rect: bounds},
			&image.RGBA{Pix: pix[4:12], Stride: stride, Rect: bounds},
			&image.NRGBA64{Pix: pix, Stride: stride, Rect: bounds},
			&image.RGBA64{Pix: pix, Stride: stride, Rect: bounds},
			&image.CMYK{Pix: pix[:8], Stride: stride, Rect: bounds},
			&image.Alpha{Pix: pix[2:4], Stride: stride, Rect: bounds},
			&image.Alpha16{Pix: pix[2:6], Stride: stride, Rect: bounds},
			&image.Paletted{Pix: pix[:2], Stride: stride, Rect: bounds, Palette: palette},
			&image.YCbCr{Y: pix[4:6], Cb: pix[:2], Cr: pix[8:10], YStride: stride, CStride: stride, Rect: bounds},
		} {
			var reader, expected pixelReader
			read, wide := reader.read(picture), expected.read(widened(picture))
			if read.width != 2 || read.height != 1 || read.channels != wide.channels ||
				read.stride != 2*read.channels || !bytes.Equal(read.samples, wide.samples) {
				t.Errorf("%T of stride %d: %v instead of %v", picture, stride, read, wide)
			}
		}
	}
}

// widened is an image of one row with the stride that package image makes.
func widened(picture image.Image) image.Image {
	one := reflect.New(reflect.TypeOf(picture).Elem())
	one.Elem().Set(reflect.ValueOf(picture).Elem())
	for _, name := range []string{"Stride", "YStride", "CStride"} {
		if stride := one.Elem().FieldByName(name); stride.IsValid() {
			stride.SetInt(16)
		}
	}
	return one.Interface().(image.Image)
}

func TestAPaletteThatLacksPixelsSendsNone(t *testing.T) {
	var reader pixelReader
	bounds := image.Rect(0, 0, 2, 2)
	for _, broken := range []*image.Paletted{
		{Pix: make([]uint8, 4), Stride: 0, Rect: bounds}, {Pix: make([]uint8, 3), Stride: 2, Rect: bounds},
		{Pix: make([]uint8, 4), Stride: 2, Rect: image.Rect(0, 0, 0, 2)},
	} {
		if read := reader.read(broken); read.samples != nil || read.width != broken.Rect.Dx() {
			t.Error(read)
		}
	}
}

// wrapped is an image of a type that package image does not know.
type wrapped struct{ image.Image }

// randomPictures are images of each type that package image reads from a PNG, with a transparent pixel, and
// of types that are made of them.
func randomPictures(bounds image.Rectangle) map[image.Image]image.Image {
	grey, grey16 := image.NewGray(bounds), image.NewGray16(bounds)
	rgba, rgba64 := image.NewRGBA(bounds), image.NewRGBA64(bounds)
	nrgba, nrgba64, cmyk := image.NewNRGBA(bounds), image.NewNRGBA64(bounds), image.NewCMYK(bounds)
	paletted := image.NewPaletted(bounds, color.Palette{color.NRGBA{9, 8, 7, 0}, color.NRGBA64{0xffff, 0x80, 0x7f, 0}})
	ycbcra := image.NewNYCbCrA(bounds, image.YCbCrSubsampleRatio444)
	for _, pix := range [][]uint8{grey.Pix, grey16.Pix, nrgba.Pix, nrgba64.Pix, cmyk.Pix, ycbcra.Y, ycbcra.Cb} {
		for at := range pix {
			pix[at] = uint8(rand.Uint32())
		}
	}
	paletted.Pix[1] = 1
	nrgba.Pix[3], nrgba64.Pix[6], nrgba64.Pix[7] = 0, 0, 0
	draw.Draw(rgba, bounds, nrgba, bounds.Min, draw.Src)
	draw.Draw(rgba64, bounds, nrgba64, bounds.Min, draw.Src)
	return map[image.Image]image.Image{
		struct{ *image.Gray }{grey}:         grey,
		struct{ *image.Gray16 }{grey16}:     grey16,
		struct{ *image.NRGBA }{nrgba}:       nrgba,
		struct{ *image.NRGBA64 }{nrgba64}:   nrgba64,
		struct{ *image.RGBA }{rgba}:         rgba,
		struct{ *image.RGBA64 }{rgba64}:     rgba64,
		struct{ *image.CMYK }{cmyk}:         cmyk,
		struct{ *image.Paletted }{paletted}: paletted,
		struct{ *image.NYCbCrA }{ycbcra}:    ycbcra,
		wrapped{nrgba}:                      nrgba,
		wrapped{nrgba64}:                    nrgba64,
		wrapped{rgba64}:                     rgba64,
		wrapped{paletted}:                   paletted,
	}
}

func TestOtherTypesOfImagesKeepTheirColours(t *testing.T) {
	for other, picture := range randomPictures(image.Rect(1, 2, 6, 5)) {
		var reader, expected pixelReader
		read, known := reader.read(other), expected.read(picture)
		samples := known.samples
		if known.channels == 1 && read.channels == 3 {
			samples = nil
			for _, sample := range known.samples {
				samples = append(samples, sample, sample, sample)
			}
		}
		if read.width != 5 || read.height != 3 || !bytes.Equal(read.samples, samples) {
			t.Errorf("%T: %v instead of %v", other, read, known)
		}
	}
}

func TestColoursOfAPaletteAreTheNearestOf8Bits(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 4, 1), color.Palette{
		color.NRGBA64{0xffff, 0x00ff, 0x8080, 0}, color.NRGBA64{0x00ff, 0x0080, 0x007f, 0x1234},
		color.RGBA64{0x00ff, 0x0080, 0x007f, 0xffff}, color.Gray16{0x00ff},
	})
	copy(picture.Pix, []uint8{0, 1, 2, 3})
	var reader pixelReader
	expected := []byte{255, 1, 128, 1, 0, 0, 1, 0, 0, 1, 1, 1}
	if samples := reader.read(picture).samples; !bytes.Equal(samples, expected) {
		t.Error(samples)
	}
}
