"""Writes the test vectors for clients in other languages. Run: python3 generate.py [DIRECTORY]

Independent of the server: it signs as a customer would, with Python's hmac and json alone. Standard library only.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

SECRET = "test-secret-of-the-signing-vectors"
TIMESTAMP = "1704715200"
NONCE = "0123456789abcdef0123456789abcdef"


def mac(message):
    return hmac.new(SECRET.encode(), message.encode(), hashlib.sha256)


def signed(name, method, target, body=None, wire=None):
    """`body` is what the customer's program holds, `wire` the characters that it sends."""
    text = json.dumps(body, sort_keys=True) if body else ""
    message = method + target + TIMESTAMP + NONCE + text
    return {
        "name": name,
        "secret": SECRET,
        "method": method,
        "target": target,
        "timestamp": TIMESTAMP,
        "nonce": NONCE,
        "body": wire if wire is not None else (json.dumps(body) if body is not None else ""),
        "content_digest": None,
        "signed_body": text,
        "message": message,
        "signature": mac(message).hexdigest(),
    }


def streamed(name, target, content):
    digest = hashlib.sha256(content).digest()
    text = f"<{digest.hex()}>"
    message = "POST" + target + TIMESTAMP + NONCE + text
    return {
        **signed(name, "POST", target),
        "body": content.decode(),
        "content_digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
        "signed_body": text,
        "message": message,
        "signature": mac(message).hexdigest(),
    }


def signed_requests():
    key = {"name": "Production", "permissions": ["read:compression"], "ip_whitelist": None}
    floats = {"a": 1.0, "b": 1e16, "c": 1e-07, "d": -0.0, "e": 0.1, "f": 2**53 + 1, "g": 10**40, "h": 1.5e300}
    text = {"quotes": "\"\\/", "controls": "\b\f\n\r\t\x00\x1f\x7f", "latin": "Zürich", "astral": "\U0001f600", "lone": "\ud800"}
    order = {"\U0001f600": 1, "\ue000": 2, "é": 3, "a": 4, "B": 5, "10": 6, "9": 7, "": 8}
    return [
        signed("no body", "GET", "/api/keys"),
        signed("query", "GET", "/api/keys?limit=20&status=active"),
        signed("empty query", "GET", "/api/keys?"),
        signed("percent-encoding", "GET", "/api/audit/events?q=caf%C3%A9%20a%2Fb"),
        signed("empty object counts as no body", "POST", "/api/auth/logout", {}),
        signed("empty array counts as no body", "POST", "/api/analytics/events", []),
        signed("object", "POST", "/api/keys", key),
        signed("compact spelling", "POST", "/api/keys", key, json.dumps(key, separators=(",", ":"))),
        signed("indented spelling", "POST", "/api/keys", key, json.dumps(key, indent=4)),
        signed("array", "POST", "/api/analytics/events", [1, [], {}, {"b": [None, True, False], "a": ""}]),
        signed("numbers keep their characters", "POST", "/api/compression/compress", floats),
        signed("strings", "POST", "/api/compression/compress", text),
        signed(
            "strings as UTF-8",
            "POST",
            "/api/compression/compress",
            {"city": "Zürich", "日本": "\U0001f600\x7f\u2028"},
            json.dumps({"city": "Zürich", "日本": "\U0001f600\x7f\u2028"}, ensure_ascii=False),
        ),
        signed("names in code-point order", "PATCH", "/api/keys/0190c7a2-7b1e-7c3a-9c1e-0123456789ab", order),
        signed("inner names too", "POST", "/api/compression/compress", {"data": [{"z": {"b": 1, "a": 2}}]}),
        signed("delete", "DELETE", "/api/keys/0190c7a2-7b1e-7c3a-9c1e-0123456789ab?delay_hours=24"),
        streamed("stream", "/api/compression/compress?algorithm=zstd", b"Hello, stream!\n"),
        streamed("empty stream", "/api/compression/compress", b""),
    ]


def refused():
    bodies = {
        "NaN": b'{"a": NaN}',
        "Infinity": b'{"a": -Infinity}',
        "repeated name": b'{"a": 1, "a": 1}',
        "name repeated as an escape": b'{"a": 1, "\\u0061": 2}',
        "__proto__": b'{"__proto__": {}}',
        "65 levels": b"[" * 65 + b"]" * 65,
        "byte order mark": b"\xef\xbb\xbf{}",
        "UTF-16": '{"a": 1}'.encode("utf-16"),
        "invalid UTF-8": b'{"a": "\xff"}',
        "string at the top": b'"a"',
        "number at the top": b"1",
        "leading zero": b"[01]",
        "trailing comma": b"[1,]",
        "two values": b"{}{}",
        "raw newline in a string": b'["a\nb"]',
    }
    targets = {
        "absolute form": "https://api.kindly.com/api/keys",
        "empty segment": "/api//keys",
        "dot segment": "/api/../keys",
        "encoded dot": "/api/%2e%2e/keys",
        "encoded slash": "/api%2Fkeys",
        "encoded letter": "/api/key%73",
        "semicolon": "/api/keys;v=1",
        "angle bracket": "/api/keys?a=<",
        "raw brackets": "/api/keys?a[]=1",
        "fragment": "/api/keys#top",
        "not ASCII": "/api/caf\u00e9",
    }
    timestamps = {
        "leading zero": "0" + TIMESTAMP[:-1],
        "sign": "+" + TIMESTAMP,
        "milliseconds": TIMESTAMP + "000",
        "fraction": TIMESTAMP + ".5",
        "full-width digits": "".join(chr(ord(digit) + 0xFEE0) for digit in TIMESTAMP),
    }
    nonces = {
        "capitals": NONCE.upper(),
        "UUID": "01234567-89ab-cdef-0123-456789abcdef",
        "too short": NONCE[1:],
        "with a body in it": NONCE + '{"a": 1}',
    }
    return [
        *({"name": name, "part": "body", "base64": base64.b64encode(body).decode()} for name, body in bodies.items()),
        *({"name": name, "part": "target", "value": target} for name, target in targets.items()),
        *({"name": name, "part": "timestamp", "value": value} for name, value in timestamps.items()),
        *({"name": name, "part": "nonce", "value": value} for name, value in nonces.items()),
    ]


def message_signature(name, components, method, target, body="", parameters=""):
    path, mark, query = target.partition("?")
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    values = {
        "@method": method,
        "@authority": "api.kindly.com",
        "@target-uri": "https://api.kindly.com" + target,
        "@path": path,
        "@query": "?" + query,
        "content-type": "application/json",
        "content-digest": f"sha-256=:{digest}:",
    }
    signature_params = "(" + " ".join(f'"{component}"' for component in components) + f");created={TIMESTAMP}"
    signature_params += f';nonce="{NONCE}"{parameters}'
    lines = [f'"{component}": {values[component]}' for component in components]
    base = "\n".join([*lines, f'"@signature-params": {signature_params}'])
    return {
        "name": name,
        "secret": SECRET,
        "method": method,
        "scheme": "https",
        "authority": "api.kindly.com",
        "target": target,
        "content_type": values["content-type"] if body else None,
        "content_digest": values["content-digest"] if body else None,
        "body": body,
        "signature_input": f"sig1={signature_params}",
        "signature": f"sig1=:{base64.b64encode(mac(base).digest()).decode()}:",
        "base": base,
    }


def message_signatures():
    body = '{"name":"Production"}'
    return [
        message_signature("no body", ["@method", "@authority", "@path"], "GET", "/api/keys"),
        message_signature("query", ["@method", "@authority", "@path", "@query"], "GET", "/api/keys?limit=20"),
        message_signature("target URI", ["@method", "@target-uri"], "GET", "/api/keys?limit=20"),
        message_signature(
            "body",
            ["@method", "@authority", "@path", "content-type", "content-digest"],
            "POST",
            "/api/keys",
            body,
            f';expires={int(TIMESTAMP) + 60};keyid="kapi_test";alg="hmac-sha256";tag="kindly"',
        ),
    ]


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for name, vectors in [
        ("signed-requests", signed_requests()),
        ("refused", refused()),
        ("message-signatures", message_signatures()),
    ]:
        (directory / f"{name}.json").write_text(json.dumps(vectors, indent=2) + "\n")


main()
