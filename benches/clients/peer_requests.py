"""What one would write in Python: requests and json, with NumPy for arrays and Pillow for pixels."""

import base64
import io

import numpy as np
import requests
from PIL import Image

import bench


def main():
    task = bench.arguments()
    make_row = row_maker(task.kind)
    session = requests.Session()
    session.headers["Authorization"] = "Bearer token"

    def request(index):
        body = {"rows": [make_row(index * task.rows + row) for row in range(task.rows)]}
        response = session.post(task.url, json=body)
        response.raise_for_status()
        results = response.json()["rows"]
        assert len(results) == task.rows
        return bench.checksum(map(prediction, results))

    request(0)
    bench.measure(task.requests, request)


def row_maker(kind):
    if kind in ("table", "numbers"):
        table = bench.table(kind)
        return lambda row: table[row % len(table)]
    if kind == "array":
        arrays = bench.arrays()
        return lambda row: {"array": {"shape": bench.SHAPE, "data": arrays[row % len(arrays)].ravel().tolist()}}
    if kind == "jpeg":
        jpeg = bench.data("picture.jpg").read_bytes()
        return lambda row: {"image": data_url("jpeg", jpeg)}
    picture = Image.fromarray(bench.pixels())
    if kind == "pixels-png":
        return lambda row: {"image": data_url("png", encode(picture, "PNG", compress_level=1))}
    return lambda row: {"image": data_url("jpeg", encode(picture, "JPEG", quality=bench.JPEG_QUALITY))}


def encode(picture, kind, **settings):
    file = io.BytesIO()
    picture.save(file, kind, **settings)
    return file.getvalue()


def data_url(kind, encoded):
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"


def prediction(row):
    """A row's typed results."""
    array = row.get("array")
    values = np.array(array["data"], np.float32) if array else None
    return row.get("number", 0.0), row.get("class", {}), values


if __name__ == "__main__":
    main()
