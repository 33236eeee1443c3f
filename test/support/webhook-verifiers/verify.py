# The logic of the guide's Go handler for machines without Go: reads a body, prints whether it verifies.
import hashlib
import hmac
import sys

payload = sys.stdin.buffer.read()
expected = hmac.new(sys.argv[2].encode(), payload, hashlib.sha256).hexdigest()
print("true" if hmac.compare_digest(expected, sys.argv[1]) else "false", end="")
