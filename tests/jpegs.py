"""JPEG files of any layout that the standard (ITU T.81) has: coefficients are made up, and coded in the scans
asked for.
"""

import random
import struct

ZIGZAG = sorted(range(64), key=lambda at: (at // 8 + at % 8, at // 8 if (at // 8 + at % 8) % 2 else at % 8))
ADOBE = b"Adobe\0\x64\0\0\0\0"
JFIF = b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"


def segment(code, content=b""):
    return bytes((0xFF, code)) + struct.pack(">H", len(content) + 2) + content


class Bits:
    """Coded data: every symbol has a code of eight bits, itself but for its place in the table."""

    def __init__(self, symbols):
        self.codes = {symbol: code for code, symbol in enumerate(symbols)}
        self.text = []

    def symbol(self, symbol):
        self.put(self.codes[symbol], 8)

    def put(self, value, size):
        if size:
            self.text.append(format(value & ((1 << size) - 1), f"0{size}b"))

    def value(self, value):
        """The bits of a value after its size."""
        size = abs(value).bit_length()
        self.put(value if value > 0 else value - 1, size)

    def bytes(self):
        text = "".join(self.text)
        text += "1" * (-len(text) % 8)
        data = bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))
        return data.replace(b"\xff", b"\xff\0")


# All symbols that scans of eight-bit samples can have, for both kinds of tables.
SYMBOLS = sorted({run << 4 | size for run in range(16) for size in range(11)} | {11})


class Jpeg:
    """An image of components with these sampling factors, and coefficients made up from the seed."""

    def __init__(self, width, height, factors, seed=0, ids=None):
        self.width, self.height, self.factors = width, height, factors
        self.ids = ids or range(1, len(factors) + 1)
        self.across = -(-width // (8 * max(h for h, _ in factors)))
        self.down = -(-height // (8 * max(v for _, v in factors)))
        chance = random.Random(seed)
        self.blocks = [
            [[self.block(chance) for _ in range(self.across * h)] for _ in range(self.down * v)] for h, v in factors
        ]

    @staticmethod
    def block(chance):
        """Coefficients in the order of the file: small, so that their samples stay in range, with a rare long
        run of zeros.
        """
        block = [0] * 64
        block[0] = chance.randint(-50, 50)
        for _ in range(chance.choice((0, 3, 12))):
            block[chance.choice((chance.randint(1, 9), chance.randint(1, 63)))] = chance.randint(-7, 7)
        return block

    def units(self, components):
        """The blocks of a scan, unit by unit: (place in the scan, block)."""
        if len(components) > 1:
            for row in range(self.down):
                for column in range(self.across):
                    yield [
                        (place, self.blocks[c][row * self.factors[c][1] + y][column * self.factors[c][0] + x])
                        for place, c in enumerate(components)
                        for y in range(self.factors[c][1])
                        for x in range(self.factors[c][0])
                    ]
            return
        (c,) = components
        h, v = self.factors[c]
        width = -(-self.width * h // max(h for h, _ in self.factors))
        height = -(-self.height * v // max(v for _, v in self.factors))
        for row in range(-(-height // 8)):
            for column in range(-(-width // 8)):
                yield [(0, self.blocks[c][row][column])]

    def scan(self, components, first=0, last=63, high=0, low=0, restart=0, progressive=False):
        selectors = b"".join(bytes((self.ids[c], 0)) for c in components)
        head = bytes((len(components),)) + selectors + bytes((first, last, high << 4 | low))
        units = list(self.units(components))
        size = restart or len(units)
        pieces = []
        for start in range(0, len(units), size):
            coder = Coder(first, last, high, low, progressive)
            for unit in units[start : start + size]:
                for place, block in unit:
                    coder.block(place, block)
            pieces.append(coder.finish())
        data = pieces[0]
        for number, piece in enumerate(pieces[1:]):
            data += bytes((0xFF, 0xD0 + number % 8)) + piece
        return segment(0xDA, head) + data

    def file(self, scans, progressive=False, restart=0, application=segment(0xE0, JFIF), between=b"", end=b"\xff\xd9"):
        """A whole file. Each scan is a dict of the arguments of `scan`."""
        frame = struct.pack(">BHHB", 8, self.height, self.width, len(self.factors))
        frame += b"".join(bytes((i, h << 4 | v, 0)) for i, (h, v) in zip(self.ids, self.factors))
        # Codes of eight bits, equal in both tables for the symbols that both have.
        tables = b"".join(
            bytes((kind << 4,)) + bytes(7) + bytes((len(symbols),)) + bytes(8) + bytes(symbols)
            for kind, symbols in enumerate((SYMBOLS[:12], SYMBOLS))
        )
        parts = [b"\xff\xd8", application, segment(0xDB, b"\0" + bytes([8] * 64)), segment(0xC4, tables)]
        parts += [segment(0xC2 if progressive else 0xC0, frame), segment(0xDD, struct.pack(">H", restart))]
        coded = [self.scan(restart=restart, progressive=progressive, **scan) for scan in scans]
        return b"".join(parts) + between.join(coded) + end


class Coder:
    """Codes the blocks between two restarts."""

    def __init__(self, first, last, high, low, progressive):
        self.first, self.last, self.high, self.low, self.progressive = first, last, high, low, progressive
        self.bits = Bits(SYMBOLS)
        self.dc = {}
        self.run, self.late = 0, []

    def finish(self):
        self.end_run()
        return self.bits.bytes()

    def shifted(self, value):
        """A coefficient at the scan's precision: cut towards zero, as T.81 G.1.2.3 has it."""
        return -(-value >> self.low) if value < 0 else value >> self.low

    def block(self, place, block):
        if not self.progressive:
            self.first_dc(place, block[0])
            self.first_ac(block)
        elif self.first == 0 and self.high == 0:
            self.first_dc(place, block[0] >> self.low)
        elif self.first == 0:
            self.bits.put(block[0] >> self.low, 1)
        elif self.high == 0:
            self.first_ac(block)
        else:
            self.more_ac(block)

    def first_dc(self, place, value):
        difference = value - self.dc.get(place, 0)
        self.dc[place] = value
        self.bits.symbol(abs(difference).bit_length())
        self.bits.value(difference)

    def first_ac(self, block):
        zeros = 0
        for at in range(max(self.first, 1), self.last + 1):
            value = self.shifted(block[at])
            if value == 0:
                zeros += 1
                continue
            self.end_run()
            for _ in range(zeros // 16):
                self.bits.symbol(0xF0)
            self.bits.symbol(zeros % 16 << 4 | abs(value).bit_length())
            self.bits.value(value)
            zeros = 0
        if zeros:
            self.run += 1
            if not self.progressive or self.run == 0x7FFF:
                self.end_run()

    def more_ac(self, block):
        values = [self.shifted(value) for value in block]
        new = [at for at in range(self.first, self.last + 1) if abs(values[at]) == 1]
        last_new = new[-1] if new else -1
        zeros, late = 0, []
        for at in range(self.first, self.last + 1):
            value = values[at]
            if value == 0:
                zeros += 1
                continue
            while zeros > 15 and at <= last_new:
                self.end_run()
                self.bits.symbol(0xF0)
                self.put_late(late)
                zeros -= 16
            if abs(value) > 1:
                late.append(abs(value) & 1)
                continue
            self.end_run()
            self.bits.symbol(zeros << 4 | 1)
            self.bits.put(value > 0, 1)
            self.put_late(late)
            zeros = 0
        if zeros or late:
            self.run += 1
            self.late += late

    def put_late(self, late):
        for bit in late:
            self.bits.put(bit, 1)
        late.clear()

    def end_run(self):
        """Codes how many blocks end here, and then what is late of them."""
        if self.run:
            size = self.run.bit_length() - 1
            self.bits.symbol(size << 4)
            self.bits.put(self.run, size)
        self.run = 0
        self.put_late(self.late)


def progressive_scans(count):
    """Bands and bit by bit, each component for itself but for the first coefficients."""
    scans = [{"components": list(range(count)), "last": 0, "low": 1}]
    for c in range(count):
        scans += [{"components": [c], "first": 1, "last": 5, "low": 2},
                  {"components": [c], "first": 6, "last": 63, "low": 1}]
    scans += [{"components": [c], "first": 1, "last": 5, "high": 2, "low": 1} for c in range(count)]
    scans += [{"components": list(range(count)), "last": 0, "high": 1}]
    scans += [{"components": [c], "first": 1, "last": 63, "high": 1} for c in range(count)]
    return scans


def scans_of(kind, count):
    every = list(range(count))
    return {
        "interleaved": [{"components": every}],
        "one by one": [{"components": [c]} for c in every],
        "backwards": [{"components": [c]} for c in reversed(every)],
        "pairs": [{"components": every[at : at + 2]} for at in range(0, count, 2)],
        "progressive": progressive_scans(count),
        "progressive, one by one": [
            {**scan, "components": [c]}
            for scan in progressive_scans(count)
            for c in (scan["components"] if scan.get("last") == 0 else scan["components"][:1])
        ],
    }[kind]


LAYOUTS = ("interleaved", "one by one", "backwards", "pairs", "progressive", "progressive, one by one")
FACTORS = {
    "444": (1, 1), "422": (2, 1), "440": (1, 2), "420": (2, 2), "411": (4, 1), "410": (4, 2), "441": (1, 4),
}
COLORS = {
    "grey": (1, segment(0xE0, JFIF)),
    "YCbCr": (3, segment(0xE0, JFIF)),
    "RGB": (3, segment(0xEE, ADOBE + b"\0")),
    "CMYK": (4, segment(0xEE, ADOBE + b"\0")),
    "YCCK": (4, segment(0xEE, ADOBE + b"\x02")),
}  # fmt: skip


def matrix():
    """Files of every colour x sampling x layout x restart interval, with their names."""
    for seed, (color, (count, application)) in enumerate(COLORS.items()):
        for sampling, luminance in FACTORS.items():
            factors = [luminance] + [(1, 1)] * (count - 1)
            if count == 4:
                factors[3] = luminance
            # A minimum coded unit of several components has ten blocks at most.
            few = sum(h * v for h, v in factors) <= 10
            for width, height in ((53, 45), (16, 16), (3, 33)):
                jpeg = Jpeg(width, height, factors, seed)
                for layout in LAYOUTS if few else ("one by one", "progressive, one by one"):
                    for restart in (0, 1, 3):
                        name = f"{color} {sampling} {width}x{height} {layout}, restarts {restart}"
                        progressive = layout.startswith("progressive")
                        scans = scans_of(layout, count)
                        yield name, jpeg.file(scans, progressive, restart, application)
