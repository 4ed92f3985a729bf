"""Responses that a good server never sends, by name, and the describe documents of the deployments that send them."""

import base64
import json
import struct
import zlib

# Elements that no memory holds, by the width of the client's addresses. A described shape has at most as many bytes as
# addresses count.
HUGE = {64: 1 << 46, 32: 1 << 29}


def png(color_type=0, samples=b"\x80"):
    """A picture of 1 x 1 pixels: grey, or as the PNG color type says."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, color_type, 0, 0, 0)
    pixels = zlib.compress(b"\0" + samples)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def npy(shape="(1, 2)", descr="<f4", values=(0.5, 1.5)):
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head + struct.pack(f"<{len(values)}f", *values)


def data_url(media_type, content):
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def feature(kind, shape=(1,), categories=()):
    marks = {"x-peltarion": {"type": kind, "shape": list(shape)}}
    return {**marks, "enum": list(categories)} if categories else marks


def description(inputs, outputs, tensorjson=True):
    return json.dumps(
        {
            "openapi": "3.0.0",
            "paths": {"/deployment/{deploymentId}/forward": {"x-peltarion-tensorjson": tensorjson}},
            "components": {
                "schemas": {
                    "input-row": {"properties": inputs},
                    "output-row-batch": {"properties": {"rows": {"properties": outputs}}},
                }
            },
        }
    )


def mirror(taken, given=None, tensorjson=True):
    return description({"value": taken}, {"value": given or taken}, tensorjson)


OUTPUTS = {
    "number": feature("numeric"),
    "flag": feature("binary"),
    "known": feature("categorical", [2], ["a", "b"]),
    "free": feature("categorical", [2]),
    "text": feature("text"),
    "picture": feature("image", [1, 1, 1]),
    "array": feature("numeric", [1, 2]),
}
DESCRIPTIONS = {
    "liar": description({"text": feature("text")}, OUTPUTS),
    **{f"huge-input-{bits}": mirror(feature("numeric", [HUGE[bits]]), feature("text")) for bits in HUGE},
    **{f"huge-output-{bits}": mirror(feature("text"), feature("numeric", [HUGE[bits]])) for bits in HUGE},
    "mirror-number": mirror(feature("numeric")),
    "mirror-text": mirror(feature("text")),
    "mirror-label": mirror(feature("categorical", [2]), feature("text")),
    "mirror-integer": mirror(feature("categorical", [2]), feature("numeric")),
    "mirror-flag": mirror(feature("binary"), feature("numeric")),
    "mirror-flag-label": mirror(feature("binary"), feature("text")),
    "mirror-picture": mirror(feature("image", [4, 4, 3])),
    "mirror-array": mirror(feature("numeric", [2, 3])),
    "mirror-array-npy": mirror(feature("numeric", [2, 3]), tensorjson=False),
    "mirror-scalar": mirror(feature("numeric", [])),
    "mirror-empty": mirror(feature("numeric", [0, 3])),
    "no-json": "<html>Sign in</html>",
    "no-text": "",
    "no-schemas": '{"openapi": "3.0.0"}',
    "no-inputs": description({}, OUTPUTS),
    "no-outputs": description({"text": feature("text")}, {}),
    "no-marks": description({"text": {"type": "string"}}, OUTPUTS),
    "new-type": description({"sound": feature("sound")}, OUTPUTS),
    "twice": description({"a": feature("text")}, OUTPUTS).replace(
        '"a": {', '"a": {"x-peltarion": {"type": "text"}}, "a": {', 1),
}

GOOD = {
    "number": 0.25,
    "flag": 0.75,
    "known": {"a": 0.125, "b": 0.875},
    "free": {"x": 1e-30, "y": 1.0},
    "text": "good \U0001f98a",
    "picture": data_url("image/png", png()),
    "array": {"shape": [1, 2], "data": [0.5, 1.5]},
}


def rows(*given, key="rows"):
    return json.dumps({key: list(given)})


def row(**changes):
    """The good row as JSON text, some of its values replaced by raw JSON."""
    values = {name: json.dumps(value) for name, value in GOOD.items()}
    values.update(changes)
    return "{" + ",".join(f'"{name}":{value}' for name, value in values.items() if value is not None) + "}"


def one(**changes):
    return '{"rows":[' + row(**changes) + "]}"


def quoted(media_type, content):
    return json.dumps(data_url(media_type, content))


def bare(text):
    """Bytes in place of a response, then the end of the connection."""
    return {"raw": text}


ERROR = json.dumps({"errorCode": "BadData", "errorMessage": "no \U0001f98a today"})
FLOAT_ARRAY = '{"shape":[1,2],"data":[%s]}'
# The responses by name: a body that comes with status 200, or (status, body), or a script of misbehaving.py.
REPLIES = {
    "good": one(),
    "capital rows": '{"Rows":[' + row() + "]}",
    "more keys": '{"took":1,"rows":[' + row(extra='[{"a":[null,true]}]') + '],"z":{}}',
    "deep extra": '{"rows":[' + row(extra="[" * 100000 + "]" * 100000) + "]}",
    "npy array": one(array=quoted("application/x.peltarion.npy", npy())),
    "jpg for jpeg": one(picture=quoted("image/jpg", b"\xff\xd8\xff\xe0")),
    "upper-case data url": one(picture=quoted("IMAGE/PNG", png()).replace("data:", "DATA:")),
    "rgba picture": one(picture=quoted("image/png", png(6, b"\x01\x02\x03\x04"))),
    "nul in text": one(text='"a\\u0000b"'),
    "missing number": one(number=None),
    "missing array": one(array=None),
    "second lacks flag": '{"rows":[' + row() + "," + row(flag=None) + "]}",
    "null number": one(number="null"),
    "text for number": one(number='"1"'),
    "NaN": one(number="NaN"),
    "1e999": one(number="1e999"),
    "null flag": one(flag="true"),
    "number for text": one(text="7"),
    "lone surrogate": one(text='"\\ud800"'),
    "list for known": one(known="[0.5,0.5]"),
    "strange label": one(known='{"a":0.5,"z":0.5}'),
    "label twice": one(known='{"a":0.5,"a":0.5}'),
    "one label": one(known='{"a":1}'),
    "null probability": one(known='{"a":null,"b":1}'),
    "three free labels": one(free='{"x":1,"y":0,"z":0}'),
    "other free labels": '{"rows":[' + row() + "," + row(free='{"p":1,"q":0}') + "]}",
    "no data url": one(picture='"picture.png"'),
    "no base64": one(picture='"data:image/png;base64,%%%"'),
    "not marked base64": one(picture='"data:image/png,abc"'),
    "bmp": one(picture=quoted("image/bmp", b"BM")),
    "png that is jpeg": one(picture=quoted("image/png", b"\xff\xd8\xff\xe0")),
    "broken picture": one(picture=quoted("image/png", png()[:20])),
    "number for picture": one(picture="1"),
    "number for array": one(array="1"),
    "other shape": one(array='{"shape":[2,1],"data":[1,2]}'),
    "too few elements": one(array=FLOAT_ARRAY % "1"),
    "too many elements": one(array=FLOAT_ARRAY % "1,2,3"),
    "no data": one(array='{"shape":[1,2]}'),
    "no shape": one(array='{"data":[1,2]}'),
    "nested data": one(array=FLOAT_ARRAY % "[1,2]"),
    "infinite element": one(array=FLOAT_ARRAY % "1,1e39"),
    "null element": one(array=FLOAT_ARRAY % "1,null"),
    "deep array": one(array=FLOAT_ARRAY % ("[" * 100000)),
    "npy of other shape": one(array=quoted("application/x.peltarion.npy", npy("(2, 1)"))),
    "npy cut off": one(array=quoted("application/x.peltarion.npy", npy()[:-1])),
    "npy with NaN": one(array=quoted("application/x.peltarion.npy", npy(values=(1.0, float("nan"))))),
    "npy that is none": one(array=quoted("application/x.peltarion.npy", b"PK")),
    "no rows": '{"rows":[]}',
    "a row too many": '{"rows":[' + row() + "," + row() + "]}",
    "rows null": '{"rows":null}',
    "rows twice": '{"rows":[' + row() + '],"rows":[]}',
    "output twice": '{"rows":[' + row()[:-1] + ',"number":1}]}',
    "row is a list": '{"rows":[[1]]}',
    "list": "[]",
    "bare object": row(),
    "not json": "certainly",
    "html": "<html><body>Welcome</body></html>",
    "empty": "",
    "cut json": one()[:-1],
    "json and more": one() + "x",
    "deep": "[" * 100000,
    "not utf-8": b'{"rows":[{"text":"\xff"}]}',
    "error with 200": ERROR,
    "error with 400": (400, ERROR),
    "error with 503": (503, ERROR),
    "error in part": (500, '{"errorCode":"InternalError"}'),
    "error of two lines": (400, json.dumps({"errorCode": "BadData", "errorMessage": "first\nsecond\0third"})),
    "html with 502": (502, "<html>\n<title>Bad Gateway</title>\n</html>"),
    "nothing with 504": (504, ""),
    "rows with 404": (404, one()),
    "302": (302, ""),
    "closed": bare(""),
    "closed mid-body": bare("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"rows\":["),
    "closed mid-chunk": bare("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"rows\":["),
    "chunked": bare(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        f"5\r\n{one()[:5]}\r\n{len(one()) - 5:x}\r\n{one()[5:]}\r\n0\r\n\r\n"
    ),
    "until the end": bare("HTTP/1.1 200 OK\r\n\r\n" + one()),
    "not http": bare("SSH-2.0-liar\r\n"),
    "endless head": bare("HTTP/1.1 200 OK\r\n" + "X-More: 1\r\n" * 100000),
    "too large": bare("HTTP/1.1 200 OK\r\nContent-Length: 1073741825\r\n\r\n{"),
}
