"""Logs a user in as a command-line tool would (RFC 8252), with nothing but the standard library: it prints the URL for
the browser and waits for it on a loopback port. Then it calls the API, refreshes, and gets a token for itself.

Arguments: base URL, issuer, client id, client secret (empty: a public client). Prints what became of it, as JSON.
"""
import base64
import hashlib
import http.server
import json
import secrets
import sys
import urllib.error
import urllib.parse
import urllib.request

base_url, issuer, client_id, client_secret = sys.argv[1:]
state = secrets.token_urlsafe(32)
verifier = secrets.token_urlsafe(32)
answers = []


class Callback(http.server.BaseHTTPRequestHandler):
    """Takes a code only with its state and from the issuer (RFC 9207)."""

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        is_ours = query.get("state") == state and query.get("iss") == issuer
        self.send_response(200 if is_ours else 400)
        self.end_headers()
        if is_ours:
            answers.append(query["code"])

    def log_message(self, *arguments):
        pass


def token(**parameters):
    """Asks for tokens. A client with a secret authenticates by Basic, id and secret encoded as in a form."""
    headers = {}
    if client_secret:
        pair = ":".join(urllib.parse.quote_plus(part) for part in (client_id, client_secret))
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        parameters["client_id"] = client_id
    form = urllib.parse.urlencode(parameters).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(base_url + "/oauth/token", form, headers), timeout=10) as response:
            return json.loads(response.read())
    except urllib.error.HTTPError as error:
        return json.loads(error.read())


def status(tokens):
    headers = {"Authorization": "Bearer " + tokens["access_token"]}
    with urllib.request.urlopen(urllib.request.Request(base_url + "/api/compression/stats", headers=headers), timeout=10) as response:
        return response.status


server = http.server.HTTPServer(("127.0.0.1", 0), Callback)
server.timeout = 60
redirect_uri = f"http://127.0.0.1:{server.server_port}/callback"
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
print(base_url + "/oauth/authorize?" + urllib.parse.urlencode({
    "response_type": "code",
    "client_id": client_id,
    "redirect_uri": redirect_uri,
    "scope": "read:compression",
    "state": state,
    "code_challenge": challenge,
    "code_challenge_method": "S256",
}), flush=True)
while not answers:
    server.handle_request()

redemption = {"grant_type": "authorization_code", "code": answers[0], "redirect_uri": redirect_uri}
refusal = token(**redemption, code_verifier=secrets.token_urlsafe(32))
tokens = token(**redemption, code_verifier=verifier)
refreshed = token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
print(json.dumps({
    "wrong_verifier": refusal.get("error"),
    "status": status(tokens),
    "refreshed": status(refreshed),
    "rotated": all(refreshed[name] != tokens[name] for name in ("access_token", "refresh_token")),
    "client_credentials": status(token(grant_type="client_credentials", scope="read:compression")) if client_secret else 0,
}))
