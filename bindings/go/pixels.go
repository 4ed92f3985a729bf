package sidekick

import (
	"image"
	"image/color"
	"image/draw"
)

// pixels are raw 8-bit samples: 1 channel is grey, 4 are RGBA, whose alpha the library drops.
type pixels struct {
	width, height, channels, stride int
	samples                         []byte
}

// pixelsOf lends the samples of the picture where the library knows their layout, or else copies them.
func pixelsOf(picture image.Image) pixels {
	switch picture := picture.(type) {
	case *image.Gray:
		return layout(picture, 1, picture.Stride, picture.Pix)
	case *image.NRGBA:
		return layout(picture, 4, picture.Stride, picture.Pix)
	case *image.RGBA:
		if picture.Opaque() {
			return layout(picture, 4, picture.Stride, picture.Pix)
		}
	}
	size := image.Rectangle{Max: picture.Bounds().Size()}
	if picture.ColorModel() == color.Gray16Model {
		return pixelsOf(drawn(image.NewGray(size), picture))
	}
	return pixelsOf(drawn(image.NewNRGBA(size), picture))
}

func layout(picture image.Image, channels, stride int, samples []byte) pixels {
	size := picture.Bounds().Size()
	return pixels{size.X, size.Y, channels, stride, samples}
}

func drawn(target draw.Image, picture image.Image) image.Image {
	draw.Draw(target, target.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return target
}
