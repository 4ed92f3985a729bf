"""A client of the Deployment API made of requests alone, and the values the tests send with it."""

import base64
import functools
import io

import numpy
import requests
from PIL import Image

NPY = "application/x.peltarion.npy"
# Seconds after which a test fails that waits for a response: more than any takes on a slow machine.
LIMIT = 120


class Deployment:
    """One deployment of a running server."""

    def __init__(self, url, token):
        self.url, self.token = url, token
        self.session = requests.Session()
        self.session.request = functools.partial(self.session.request, timeout=LIMIT)
        self.session.headers["Authorization"] = f"Bearer {token}"

    def describe(self):
        return self.session.get(requests.compat.urljoin(self.url, "openapi.json"))

    def post(self, body, content_type="application/json", **options):
        """Posts a body as it is."""
        headers = {"Content-Type": content_type, **options.pop("headers", {})}
        return self.session.post(self.url, data=body, headers=headers, **options)

    def send(self, *rows, **options):
        return self.session.post(self.url, json={"rows": list(rows)}, **options)

    def predict(self, *rows):
        """The rows of a reply that has to be a success."""
        reply = self.send(*rows)
        assert reply.status_code == 200, reply.text
        assert reply.headers["Content-Type"] == "application/json"
        assert list(reply.json()) == ["rows"]
        return reply.json()["rows"]


def assert_error(reply, code, status, *words):
    """The reply is this error, and its message has these words."""
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    error = reply.json()
    assert list(error) == ["errorCode", "errorMessage"]
    assert error["errorCode"] == code, error
    for word in words:
        assert word in error["errorMessage"], error


def data_url(media, data):
    return f"data:{media};base64," + base64.b64encode(data).decode()


def image_bytes(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def image_url(image, kind="PNG", **options):
    return data_url(f"image/{kind.lower()}", image_bytes(image, kind, **options))


def npy_bytes(array):
    file = io.BytesIO()
    numpy.save(file, array)
    return file.getvalue()


def npy_url(array):
    return data_url(NPY, npy_bytes(array))


def decoded(url, media):
    """The bytes of a data URL of this media type."""
    head, text = url.split(",", 1)
    assert head == f"data:{media};base64"
    return base64.b64decode(text, validate=True)


def pixels(url):
    """The pixels of a PNG data URL."""
    return numpy.asarray(Image.open(io.BytesIO(decoded(url, "image/png"))))


PICTURE = (numpy.arange(48, dtype="uint8") * 5).reshape(4, 4, 3)
GREY = (numpy.arange(16, dtype="uint8") * 17).reshape(4, 4)
ARRAY = numpy.array([[1, -2.5, 3e-8], [0.1, 1e30, -0.0]], dtype="float32")


def tensorjson(array):
    return {"shape": list(array.shape), "data": [float(value) for value in array.ravel()]}


def echo_row(**changes):
    """A row of the echo deployments, arrays as {"shape", "data"}."""
    row = {
        "number": 3.25,
        "category": "b",
        "flag": "yes",
        "text": "Hej du",
        "picture": image_url(Image.fromarray(PICTURE)),
        "grey": image_url(Image.fromarray(GREY)),
        "array": tensorjson(ARRAY),
    }
    return {**row, **changes}


def echo_npy_row(**changes):
    """A row of the echo deployments, arrays as .npy data URLs."""
    return echo_row(**{"array": npy_url(ARRAY), **changes})
