"""A remote signing service as the Cloud Signature Consortium describes it (API v1), real HTTP, one credential."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding

from sirekap.paper.signing.authority import Authority

TOKEN, PIN, CREDENTIAL = "a-token", "123456", "ketua-321607"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"


@contextmanager
def running(holder: Authority) -> Iterator[str]:
    """The service's address; it signs with the holder's key for whoever has token and PIN."""

    class Service(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = self.headers["Authorization"] == f"Bearer {TOKEN}" and asked["credentialID"] == CREDENTIAL
            answer = ANSWERS[self.path.removeprefix("/csc/v1/")](asked) if known else None
            self.send_response(200 if answer is not None else 401)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

    def info(asked: dict[str, Any]) -> dict[str, Any]:
        certificate = base64.b64encode(holder.certificate.public_bytes(Encoding.DER)).decode()
        return {"cert": {"certificates": [certificate]}, "key": {"algo": [ECDSA_SHA256]}, "multisign": 1, "SCAL": "2"}

    def authorize(asked: dict[str, Any]) -> dict[str, Any] | None:
        return {"SAD": "|".join(asked["hash"]), "expiresIn": 60} if asked.get("PIN") == PIN else None

    def sign(asked: dict[str, Any]) -> dict[str, Any] | None:
        if asked["SAD"] != "|".join(asked["hash"]) or asked["signAlgo"] != ECDSA_SHA256:
            return None
        one = ec.ECDSA(Prehashed(hashes.SHA256()))
        made = [holder.key.sign(base64.b64decode(digest), one) for digest in asked["hash"]]
        return {"signatures": [base64.b64encode(signature).decode() for signature in made]}

    ANSWERS = {"credentials/info": info, "credentials/authorize": authorize, "signatures/signHash": sign}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
