package sidekick_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// randomly sets all bytes.
func randomly(bytes ...[]uint8) {
	for _, bytes := range bytes {
		for at := range bytes {
			bytes[at] = uint8(rand.Uint32())
		}
	}
}

// transparentPalette has a white of alpha 0 first, then colours of several types and alphas.
var transparentPalette = color.Palette{
	color.NRGBA{255, 255, 255, 0}, color.NRGBA{200, 100, 50, 255}, color.NRGBA{10, 250, 77, 3},
	color.RGBA{100, 50, 25, 128}, color.Gray{77},
}

// picturesOfEachType are images of 5x4 pixels, of each type of package image that a PNG is made of.
func picturesOfEachType() map[string]image.Image {
	bounds := image.Rect(0, 0, 5, 4)
	grey, grey16 := image.NewGray(bounds), image.NewGray16(bounds)
	nrgba, nrgba64, rgba := image.NewNRGBA(bounds), image.NewNRGBA64(bounds), image.NewRGBA(bounds)
	rgba64 := image.NewRGBA64(bounds)
	paletted, cmyk := image.NewPaletted(bounds, transparentPalette), image.NewCMYK(bounds)
	ycbcr := image.NewYCbCr(bounds, image.YCbCrSubsampleRatio420)
	translucent, translucent64 := image.NewRGBA(bounds), image.NewRGBA64(bounds)
	randomly(grey.Pix, grey16.Pix, nrgba.Pix, nrgba64.Pix, rgba64.Pix, cmyk.Pix, ycbcr.Y, ycbcr.Cb, ycbcr.Cr)
	draw.Draw(rgba, bounds, ycbcr, image.Point{}, draw.Src)
	draw.Draw(translucent, bounds, nrgba, image.Point{}, draw.Src)
	draw.Draw(translucent64, bounds, nrgba64, image.Point{}, draw.Src)
	for at := range paletted.Pix {
		paletted.Pix[at] = uint8(at % len(transparentPalette))
	}
	for at := 6; at < len(rgba64.Pix); at += 8 {
		rgba64.Pix[at], rgba64.Pix[at+1] = 255, 255
	}
	for at := range 8 {
		nrgba.Pix[at], nrgba64.Pix[at] = 255, 255
	}
	nrgba.Pix[3], nrgba64.Pix[6], nrgba64.Pix[7] = 0, 0, 0
	return map[string]image.Image{
		"Gray": grey, "Gray16": grey16, "NRGBA": nrgba, "NRGBA64": nrgba64, "RGBA": rgba, "RGBA64": rgba64,
		"Paletted": paletted, "YCbCr": ycbcr, "CMYK": cmyk, "translucent RGBA": translucent,
		"translucent RGBA64": translucent64,
	}
}

// TestImagesHaveThePixelsOfTheirFiles sends each image as it is and as a PNG: parts of larger ones.
func TestImagesHaveThePixelsOfTheirFiles(t *testing.T) {
	model := passing(t, "images", `{"inputs": [{"name": "rgb", "type": "image"}, {"name": "chw", "optional": true},
		{"name": "file", "optional": true}], "outputs": [{"name": "rgb_out"}]}`)
	for name, picture := range picturesOfEachType() {
		for _, corner := range []image.Point{{}, {1, 1}, {2, 2}} {
			window := image.Rect(0, 0, 3, 2).Add(corner)
			part := picture.(interface {
				SubImage(image.Rectangle) image.Image
			}).SubImage(window)
			rows := model.NewRows().Image("rgb", part).End().EncodedImage("rgb", encoded(t, part)).End()
			samples := must[[]uint8](t)(sidekick.Elements[uint8](predict(t, model, rows), "rgb_out"))
			// Package image makes 8 bits of these, and package image/png 16 bits, which are rounded.
			tolerance := 0.0
			if name == "YCbCr" || name == "CMYK" {
				tolerance = 1
			}
			if sent, file := samples[:18], samples[18:]; !slices.EqualFunc(sent, file, func(one, other uint8) bool {
				return math.Abs(float64(one)-float64(other)) <= tolerance
			}) {
				t.Errorf("%s at %v: %v instead of %v", name, corner, sent, file)
			}
		}
	}
}

// TestBrokenPicturesAreRefused has images with too few samples, and without pixels.
func TestBrokenPicturesAreRefused(t *testing.T) {
	rows := open(t, "echo").NewRows()
	bounds, few := image.Rect(0, 0, 4, 4), make([]uint8, 15)
	for _, broken := range []image.Image{
		&image.Paletted{Pix: few, Stride: 4, Rect: bounds, Palette: transparentPalette},
		&image.NRGBA64{Pix: few, Stride: 32, Rect: bounds}, &image.RGBA64{Pix: few, Stride: 32, Rect: bounds},
		&image.Gray16{Pix: few, Stride: 8, Rect: bounds}, &image.NRGBA64{Pix: few, Stride: -32, Rect: bounds},
		&image.Paletted{Pix: make([]uint8, 16), Stride: 0, Rect: bounds, Palette: transparentPalette},
		image.NewPaletted(image.Rectangle{}, nil), image.NewGray16(image.Rect(0, 0, 0, 2)),
		struct{ *image.NRGBA }{image.NewNRGBA(image.Rect(0, 0, 0, 2))}, image.NewUniform(color.White),
	} {
		rows.Clear()
		failed := failure(t, rows.Image("picture", broken).Err(), sidekick.StatusArgument)
		if failed.Row != 0 || failed.Feature != "picture" {
			t.Errorf("%T: %+v", broken, failed)
		}
	}
}
