"""Gets a token for a service account and calls the API with it: the standard library, and `openssl` to sign.

Arguments: base URL, audience, account id, key id, algorithm, file with the private key in PEM. Prints the status of the
call and of a second use of the same assertion.
"""
import base64
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

base_url, audience, account, key_id, algorithm, key_file = sys.argv[1:]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(data, *command):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return subprocess.run(["openssl", *command, file.name], capture_output=True, check=True).stdout


def raw_ecdsa(der):
    """The two 32-byte integers of JWS (RFC 7518, section 3.4) from openssl's SEQUENCE of two INTEGERs."""
    parts, rest = [], der[2:]
    for _ in range(2):
        length = rest[1]
        parts.append(int.from_bytes(rest[2:2 + length], "big").to_bytes(32, "big"))
        rest = rest[2 + length:]
    return b"".join(parts)


def sign(data):
    if algorithm == "EdDSA":
        return openssl(data, "pkeyutl", "-sign", "-rawin", "-inkey", key_file, "-in")
    signature = openssl(data, "dgst", "-sha256", "-sign", key_file)
    return raw_ecdsa(signature) if algorithm == "ES256" else signature


def assertion():
    now = int(time.time())
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id}
    claims = {"iss": account, "sub": account, "aud": audience, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4())}
    message = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return message + "." + base64url(sign(message.encode()))


def status_and_body(request):
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


form = urllib.parse.urlencode({
    "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "assertion": assertion(),
}).encode()
_, token = status_and_body(urllib.request.Request(base_url + "/oauth/token", form))
headers = {"Authorization": "Bearer " + token.get("access_token", "")}
status, _ = status_and_body(urllib.request.Request(base_url + "/api/compression/stats", headers=headers))
again, refusal = status_and_body(urllib.request.Request(base_url + "/oauth/token", form))
print(json.dumps({"status": status, "again": [again, refusal.get("error")], "expires_in": token.get("expires_in")}))
