"""A small OpenID Connect provider on loopback with real keys. It does what the specification says until it is told to
lie."""

import hashlib
import hmac
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "hotline", "a secret: with +signs/ in it"


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """The provider. ``claims``, ``header`` and ``signer`` are laid over what an honest one would use."""

    key: RSAKey
    other: RSAKey
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    signer: Any = None
    document: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] | None = None
    token: Any = None
    status: int = 200
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def sign_in(self, address: str, *, subject: str) -> dict[str, str]:
        """Somebody signs in at the address the client gave; what the browser brings back to the client."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked | {"subject": subject}
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def well_known(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        } | self.document

    def key_set(self) -> dict[str, Any]:
        own = [self.key.as_dict(private=False), self.other.as_dict(private=False)]
        return {"keys": own if self.keys is None else self.keys}

    def redeem(self, fields: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer of the token endpoint: each code once, for the client and the verifier it was made for."""
        asked = self._codes.pop(fields.get("code", ""), None)
        who = ":".join(unquote_plus(part) for part in b64decode(authorization.partition(" ")[2]).decode().split(":", 1))
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or who != f"{CLIENT}:{SECRET}" or challenge != asked["code_challenge"]:
            return None
        if fields["redirect_uri"] != asked["redirect_uri"]:
            return None
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.token or self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": asked["subject"], "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "preferred_username": f"name-of-{asked['subject']}",
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        if header["alg"] in {"none", "HS256"}:
            return by_hand(header, claims, self.key)
        return jwt.encode(header, claims, self.signer or self.key, algorithms=[header["alg"]])


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    """What the library refuses to make: a token without a signature, or signed with the public key as a secret."""
    parts = [_text(json.dumps(part).encode()) for part in (header, claims)]
    secret = key.as_pem(private=False)
    signature = hmac.new(secret, ".".join(parts).encode(), hashlib.sha256).digest() if header["alg"] == "HS256" else b""
    return ".".join([*parts, _text(signature)])


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        self.provider.asked.append(self.path)
        answers = {"/.well-known/openid-configuration": self.provider.well_known, "/keys": self.provider.key_set}
        self._answer(answers[self.path]() if self.path in answers else None)

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(self.provider.redeem(fields, self.headers["Authorization"]))

    def _answer(self, found: dict[str, Any] | None) -> None:
        body = json.dumps(found or {"error": "invalid_grant"}).encode()
        self.send_response(self.provider.status if found else 400)
        if self.provider.status == 302:
            self.send_header("Location", f"{self.provider.issuer}/keys")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""
