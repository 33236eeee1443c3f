"""Sends requests signed by the guide's own class and prints, as JSON, how many were answered in which way.

Arguments: base URL, key, secret, number of random bodies, seed. Standard library only.
"""
import hashlib
import http.client
import json
import random
import sys
import urllib.parse
from collections import Counter

from signed_request_client import SignedRequestClient

base_url, api_key, api_secret, count, seed = sys.argv[1:]
client = SignedRequestClient(api_key, api_secret)
rng = random.Random(int(seed))
connection = http.client.HTTPConnection(urllib.parse.urlsplit(base_url).netloc, timeout=30)
COMPRESS = "/api/compression/compress"


def send(method, path, signed_body=None, wire=None, alter=None):
    headers = client.create_signature(method, path, signed_body)
    if alter:
        alter(headers)
    if wire is not None:
        headers["Content-Type"] = "application/json"
    connection.request(method, path, wire.encode("utf-8", "surrogatepass") if wire is not None else None, headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def text():
    alphabet = rng.choice(["abcXYZ019", "é\u00df\u4e2d\u6587", "\U0001f600\U0001d11e", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "\u2028\ufeff\ue000"])
    return "".join(rng.choice(alphabet) for _ in range(rng.randrange(8)))


def number():
    return rng.choice([
        lambda: rng.randrange(-10, 10),
        lambda: rng.randrange(10**30),
        lambda: 2**53 + rng.randrange(5),
        lambda: rng.random() * 10 ** rng.randrange(-20, 20),
        lambda: float(rng.randrange(10)),
        lambda: -0.0,
        lambda: 1e16,
        lambda: 5e-324,
    ])()


def value(depth=0):
    kind = rng.randrange(8 if depth < 4 else 5)
    if kind < 2:
        return text()
    if kind < 4:
        return number()
    if kind == 4:
        return rng.choice([True, False, None])
    if kind == 5:
        return [value(depth + 1) for _ in range(rng.randrange(4))]
    return {text(): value(depth + 1) for _ in range(rng.randrange(5))}


def shuffled(item):
    if isinstance(item, list):
        return [shuffled(element) for element in item]
    if not isinstance(item, dict):
        return item
    names = list(item)
    rng.shuffle(names)
    return {name: shuffled(item[name]) for name in names}


SPELLINGS = {
    "signed": lambda item: json.dumps(item, sort_keys=True),
    "compact": lambda item: json.dumps(item, separators=(",", ":")),
    "indented": lambda item: json.dumps(item, indent=2),
    "utf-8, shuffled": lambda item: json.dumps(shuffled(item), ensure_ascii=False),
}


def source_of(wire):
    """The exact characters of the value of "data" in a body that has no other member."""
    return wire[wire.index(":") + 1:wire.rindex("}")].strip()


accepted, refused, problems = Counter(), Counter(), []
for index in range(int(count)):
    body = {"data": value()}
    name = list(SPELLINGS)[index % len(SPELLINGS)]
    wire = SPELLINGS[name](body)
    status, answer = send("POST", COMPRESS, body, wire)
    original = source_of(wire).encode("utf-8")
    if status == 200 and answer["checksum"] == hashlib.sha256(original).hexdigest():
        accepted[name] += 1
    else:
        problems.append([name, wire, status, answer])
    if index % 10 == 0:
        other = {"data": [body["data"], 0]}
        status, answer = send("POST", COMPRESS, other, wire)
        refused[answer.get("code", str(status))] += 1

plain = {
    "GET": send("GET", "/api/compression/stats")[0],
    "GET with a query": send("GET", "/api/keys?limit=3")[0],
    "DELETE": send("DELETE", "/api/keys/550e8400-e29b-41d4-a716-446655440000")[0],
    "DELETE with {}": send("DELETE", "/api/keys/550e8400-e29b-41d4-a716-446655440000", {}, "{}")[0],
    "POST": send("POST", "/api/keys", {"name": "made by the guide"}, '{"name": "made by the guide"}')[0],
}
tampered = send("GET", "/api/compression/stats", alter=lambda headers: headers.update({"X-Nonce": "0" * 32}))[1]["code"]
print(json.dumps({
    "accepted": accepted,
    "refused": refused,
    "plain": plain,
    "tampered": tampered,
    "problems": problems[:3],
}))
