#!/usr/bin/env python3
"""Makes the images of other frameworks that test_image_pipelines.py compares ours with.

    python tests/server/image_references.py FRAMEWORK...

FRAMEWORK is torchvision, tensorflow or opencv, which has to be installed for the Python that runs this. Writes
tests/images/pipelines/FRAMEWORK.npz: for each case and picture the samples, in steps of 1/64. `pictures` instead of
a framework writes the pictures that are made for this.
"""

import sys

import numpy

from image_cases import CASES, REFERENCES, STEPS

PICTURES = ["natural.png", "wide.jpg", "tall.jpg"]


def natural(height, width, seed):
    """A picture with the statistics of photographs: amplitudes fall with frequency, and there are edges."""
    random = numpy.random.RandomState(seed)
    frequency = numpy.hypot(numpy.fft.fftfreq(height)[:, None], numpy.fft.fftfreq(width)[None, :])
    frequency[0, 0] = 1
    luma = spectrum(random, frequency)
    planes = [luma + 0.4 * spectrum(random, frequency) for _ in range(3)]
    picture = numpy.stack([0.5 + 0.22 * plane for plane in planes], axis=-1)
    y, x = numpy.mgrid[0:height, 0:width]
    for _ in range(6):
        angle, offset = random.uniform(0, numpy.pi), random.uniform(0.2, 0.8)
        beyond = numpy.cos(angle) * (x / width - offset) + numpy.sin(angle) * (y / height - offset) > 0
        picture[beyond] = 0.8 * picture[beyond] + 0.2 * random.uniform(0, 1, 3)
    near = numpy.hypot(x / width - 0.4, y / height - 0.6) < 0.15
    picture[near] = 1 - picture[near]
    return (picture.clip(0, 1) * 255).round().astype("uint8")


def spectrum(random, frequency):
    noise = numpy.fft.fft2(random.normal(size=frequency.shape)) / frequency
    noise[0, 0] = 0
    plane = numpy.fft.ifft2(noise).real
    return plane / plane.std()


def write_pictures():
    from PIL import Image

    Image.fromarray(natural(72, 96, 1)).save(REFERENCES / "natural.png", optimize=True)
    Image.fromarray(natural(120, 213, 2)).save(REFERENCES / "wide.jpg", quality=88)
    Image.fromarray(natural(160, 107, 3)).save(REFERENCES / "tall.jpg", quality=92, subsampling=0)


def torchvision(case, path):
    import torch
    from PIL import Image
    from torch.nn.functional import interpolate
    from torchvision import transforms
    from torchvision.transforms import functional

    image = Image.open(path).convert("RGB")
    if case.id == "torchvision-classifier":
        formula = case.formula
        steps = [
            transforms.Resize(32), transforms.CenterCrop(28), transforms.ToTensor(),
            transforms.Normalize(formula["mean"], formula["std"]),
        ]
        values = transforms.Compose(steps)(image)
        return case.samples(values.permute(1, 2, 0).double().numpy())
    tensor = torch.from_numpy(numpy.array(image)).permute(2, 0, 1)
    size = (case.height, case.width)
    if case.id == "torchvision-tensor":
        return functional.resize(tensor, size, antialias=True).permute(1, 2, 0).numpy()
    mode = "bicubic" if "bicubic" in case.id else "bilinear"
    made = interpolate(tensor[None].double(), size, mode=mode, antialias="antialias" in case.id)
    return made[0].permute(1, 2, 0).numpy()


def tensorflow(case, path):
    import tensorflow as tf

    file = path.read_bytes()
    image = tf.io.decode_image(file, channels=3, expand_animations=False)
    if path.suffix == ".jpg" and case.id != "tf-jpeg":
        image = tf.io.decode_jpeg(file, channels=3, dct_method="INTEGER_ACCURATE")
    size = (case.height, case.width)
    if case.id in ("tf-mobilenet", "tf-jpeg"):
        return case.samples((tf.image.resize(image, size) / 127.5 - 1).numpy())
    if case.id == "tf-grey":
        return tf.image.rgb_to_grayscale(tf.image.resize(image, size)).numpy()
    method = {"tf-lanczos": "lanczos3"}.get(case.id, case.id.removeprefix("tf-"))
    return tf.image.resize(image, size, method, antialias=method in ("bilinear", "bicubic", "lanczos3")).numpy()


def opencv(case, path):
    import cv2

    image = cv2.imread(str(path))
    if case.id == "yolo-letterbox":
        return letterbox(cv2, image, case.height)[:, :, ::-1]
    methods = {"cv2-linear": cv2.INTER_LINEAR, "cv2-area": cv2.INTER_AREA, "cv2-cubic": cv2.INTER_CUBIC}
    made = cv2.resize(image, (case.width, case.height), interpolation=methods[case.id])
    return made if case.keys.get("channels") == "BGR" else made[:, :, ::-1]


def letterbox(cv2, image, size):
    """The image in a grey square, as Ultralytics prepares it."""
    height, width = image.shape[:2]
    ratio = min(size / height, size / width)
    width, height = round(width * ratio), round(height * ratio)
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    across, down = (size - width) / 2, (size - height) / 2
    sides = round(down - 0.1), round(down + 0.1), round(across - 0.1), round(across + 0.1)
    return cv2.copyMakeBorder(image, *sides, cv2.BORDER_CONSTANT, value=(114, 114, 114))


def main():
    REFERENCES.mkdir(exist_ok=True)
    for framework in sys.argv[1:]:
        if framework == "pictures":
            write_pictures()
            continue
        make = {"torchvision": torchvision, "tensorflow": tensorflow, "opencv": opencv}[framework]
        made = {}
        for case in CASES[framework]:
            for picture in PICTURES:
                samples = numpy.asarray(make(case, REFERENCES / picture), dtype="float64")
                assert samples.shape == (case.height, case.width, case.channels), (case.id, samples.shape)
                made[f"{case.id}/{picture}"] = (samples * STEPS).round().astype("int16")
        numpy.savez_compressed(REFERENCES / f"{framework}.npz", **made)
        print(f"{framework}: {len(made)} images")


if __name__ == "__main__":
    main()
