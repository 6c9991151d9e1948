"""A passkey in software, written from the specification: what a browser and a device answer together."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


@dataclass
class Authenticator:
    """One device with one passkey. Its fields are what a test makes wrong."""

    origin: str = "http://testserver"
    host: str = "testserver"
    flags: int = USER_PRESENT | USER_VERIFIED
    count: int = 0
    counts: bool = True
    id_bytes: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: str = ""

    def create(self, options: dict) -> str:
        """What navigator.credentials.create gives, as JSON."""
        self.user_handle = options["user"]["id"]
        attested = bytes(16) + len(self.id_bytes).to_bytes(2, "big") + self.id_bytes + self._cose()
        data = self._data(HAS_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": text(self._client("webauthn.create", options)), "attestationObject": text(attestation),
        }  # fmt: skip
        return self._answer(response)

    def get(self, options: dict) -> str:
        """What navigator.credentials.get gives, as JSON."""
        self.count += self.counts
        data, client = self._data(0), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature),
                "userHandle": self.user_handle,
            }
        )  # fmt: skip

    def _answer(self, response: dict) -> str:
        key = text(self.id_bytes)
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response})

    def _client(self, kind: str, options: dict) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
