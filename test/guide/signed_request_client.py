# The class as the customers' guide prints it, and the import that it needs beside those printed there.
import os
import hmac
import hashlib
import time
import json


class SignedRequestClient:
    def __init__(self, api_key, api_secret):
        self.api_key = api_key
        self.api_secret = api_secret

    def create_signature(self, method, path, body=None):
        timestamp = str(int(time.time()))
        nonce = os.urandom(16).hex()

        # Create message to sign
        message_parts = [method, path, timestamp, nonce]
        if body:
            message_parts.append(json.dumps(body, sort_keys=True))

        message = ''.join(message_parts)

        # Create HMAC signature
        signature = hmac.new(
            self.api_secret.encode(),
            message.encode(),
            hashlib.sha256
        ).hexdigest()

        return {
            'X-API-Key': self.api_key,
            'X-Timestamp': timestamp,
            'X-Nonce': nonce,
            'X-Signature': signature
        }
