"""The reference for canonical text: Python's own json module, one process for thousands of bodies.

    oracle.py generate SEED COUNT   random bodies as JSON lines: canonical text, wire spellings, bodies that differ
    oracle.py judge                 base64 lines on stdin; on stdout, as JSON lines, the canonical text of each, or null

Standard library only.
"""

import base64
import json
import random
import struct
import sys

ALPHABETS = [
    "abcXYZ 0189_-./",
    "\"\\/\b\f\n\r\t",
    "\x00\x01\x1f\x7f\x80\x9f\xa0",
    "éßñ¿Ωж中あ\u2028\u2029\ufeff",
    "\ud7ff\ue000\uf8ff\ufffd\uffff",
    "\U00010000\U0001f600\U0010ffff",
]
LONE_SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff"]
FLOATS = [0.0, -0.0, 1.0, 1e16, 1e15, 1e-07, 1e-05, 0.1, 1.5e300, 5e-324, 1.7976931348623157e308, 123456789012345680.0]
INTEGERS = [0, -1, 7, 2**53 - 1, 2**53 + 1, -(2**64), 10**30, 10**400]
NUMBER_MARK = "\x00number\x00"


def random_text(rng):
    text = "".join(rng.choice(rng.choice(ALPHABETS)) for _ in range(rng.choice([0, 1, 1, 2, 3, 8])))
    # A lone half is followed by a letter, lest two of them become one pair on the wire.
    return text + rng.choice(LONE_SURROGATES) + "s" if rng.random() < 0.03 else text


def random_float(rng):
    while True:
        value = struct.unpack("<d", rng.randbytes(8))[0]
        if value == value and abs(value) != float("inf"):
            return value


def random_scalar(rng):
    kind = rng.randrange(8)
    if kind < 3:
        return random_text(rng)
    if kind == 3:
        return rng.choice(FLOATS)
    if kind == 4:
        return random_float(rng)
    if kind == 5:
        return rng.choice(INTEGERS)
    return rng.choice([None, True, False, rng.randrange(-(10**6), 10**6)])


def random_value(rng, depth):
    if depth == 0 or rng.random() < 0.3:
        return random_scalar(rng)
    return random_container(rng, depth)


def random_container(rng, depth):
    size = 24 if rng.random() < 0.02 else rng.choice([0, 1, 2, 3, 6])
    if rng.random() < 0.4:
        return [random_value(rng, depth - 1) for _ in range(size)]
    return {random_text(rng): random_value(rng, depth - 1) for _ in range(size)}


def changed(rng, value):
    """The same body with one thing changed, as a forger would change it."""
    if isinstance(value, dict) and value:
        name = rng.choice(list(value))
        other = dict(value)
        if rng.random() < 0.3:
            del other[name]
        else:
            other[name] = changed(rng, value[name])
        return other
    if isinstance(value, list) and value:
        other = list(value)
        index = rng.randrange(len(other))
        other[index] = changed(rng, other[index])
        return other
    if isinstance(value, bool) or value is None:
        return rng.choice([0, 1, "true", ""])
    if isinstance(value, int):
        return rng.choice([value + 1, str(value)])
    if isinstance(value, float):
        return rng.choice([-value, repr(value)])
    if isinstance(value, str):
        return rng.choice([value + "\u0000", value + "s", [value]])
    return [value]


def spellings(value):
    wires = [
        json.dumps(value),
        json.dumps(value, separators=(",", ":")),
        json.dumps(value, indent=2),
    ]
    unescaped = json.dumps(value, ensure_ascii=False)
    try:
        unescaped.encode()
        wires.append(unescaped)
    except UnicodeEncodeError:
        pass  # a lone surrogate has no UTF-8
    return wires


def tree(value):
    """The value with names as plain strings: {"members": [[name, tree], ...]}, {"elements": [tree, ...]} or a scalar."""
    if isinstance(value, dict):
        return {"members": [[name, tree(member)] for name, member in value.items()]}
    if isinstance(value, list):
        return {"elements": [tree(element) for element in value]}
    return value


def canonical(value):
    return json.dumps(value, sort_keys=True)


def generate(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        value = random_container(rng, 5)
        text = canonical(value)
        others = [json.dumps(other) for other in (changed(rng, value) for _ in range(3)) if canonical(other) != text]
        yield {
            "canonical": text,
            "tree": tree(value),
            "wires": spellings(value),
            "others": others,
            "isEmpty": not value,
        }


def unique_members(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or "__proto__" in names:
        raise ValueError("repeated name or __proto__")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(name)


def judge(wire):
    """Canonical text with numbers as received, or None where the server must refuse the body."""
    mark = lambda lexeme: NUMBER_MARK + lexeme
    try:
        value = json.loads(
            wire.decode("utf-8"),
            parse_int=mark,
            parse_float=mark,
            parse_constant=refuse_constant,
            object_pairs_hook=unique_members,
        )
    except ValueError:
        return None
    if not isinstance(value, (dict, list)):
        return None
    pieces = canonical(value).split('"' + json.dumps(NUMBER_MARK)[1:-1])
    return pieces[0] + "".join(piece.replace('"', "", 1) for piece in pieces[1:])


def main():
    if sys.argv[1] == "generate":
        answers = generate(int(sys.argv[2]), int(sys.argv[3]))
    else:
        answers = (judge(base64.b64decode(line)) for line in sys.stdin)
    for answer in answers:
        print(json.dumps(answer))


main()
