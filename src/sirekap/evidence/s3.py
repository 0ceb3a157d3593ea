"""Evidence in a bucket of any server that speaks the S3 API and honours ``If-None-Match: *`` on PUT."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store as Bucket

from sirekap.evidence.errors import EvidenceAddressError, EvidenceCorrupt, EvidenceMissing, EvidenceUnavailable
from sirekap.evidence.store import Stored, digest, key_of

TIMEOUT = timedelta(seconds=30)
"""Longest wait for one request."""
RETRY_FOR = timedelta(seconds=20)
"""How long a failing request is tried again before the store counts as unavailable."""


class S3Store:
    """An `EvidenceStore` in one bucket (which must exist); objects are named ``[prefix/]ab/cd/<sha256>``."""

    def __init__(
        self, bucket: str, *, prefix: str = "", endpoint: str | None = None, region: str | None = None
    ) -> None:
        options = {"endpoint": endpoint, "region": region}
        try:
            self._bucket = Bucket(
                bucket,
                prefix=prefix or None,
                config={name: value for name, value in options.items() if value},  # type: ignore[arg-type]
                client_options={"allow_http": bool(endpoint and endpoint.startswith("http:")), "timeout": TIMEOUT},
                retry_config={"max_retries": 5, "retry_timeout": RETRY_FOR},
            )
        except (BaseError, ValueError) as error:
            raise EvidenceAddressError.of_store(
                f"s3://{bucket}/{prefix}?endpoint={endpoint}&region={region}"
            ) from error

    def put(self, data: bytes) -> Stored:
        """See `EvidenceStore.put`."""
        sha256 = digest(data)
        try:
            obstore.put(self._bucket, key_of(sha256), data, mode="create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            if self.stat(sha256) != len(data):
                raise EvidenceCorrupt(sha256) from None
            return Stored(sha256, len(data), True)
        except (BaseError, OSError) as error:
            raise EvidenceUnavailable(error) from error
        return Stored(sha256, len(data), False)

    def get(self, sha256: str) -> bytes:
        """See `EvidenceStore.get`."""
        try:
            data = bytes(obstore.get(self._bucket, key_of(sha256)).bytes())
        except FileNotFoundError:
            raise EvidenceMissing(sha256) from None
        except (BaseError, OSError) as error:
            raise EvidenceUnavailable(error) from error
        if digest(data) != sha256:
            raise EvidenceCorrupt(sha256)
        return data

    def stat(self, sha256: str) -> int | None:
        """See `EvidenceStore.stat`."""
        try:
            return obstore.head(self._bucket, key_of(sha256))["size"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise EvidenceUnavailable(error) from error

    def exists(self, sha256: str) -> bool:
        """See `EvidenceStore.exists`."""
        return self.stat(sha256) is not None

    def iter_hashes(self) -> Iterator[str]:
        """See `EvidenceStore.iter_hashes`."""
        try:
            for chunk in obstore.list(self._bucket):
                for item in chunk:
                    name = item["path"].rpartition("/")[2]
                    if item["path"] == f"{name[:2]}/{name[2:4]}/{name}" and len(name) == 64:
                        yield name
        except (BaseError, OSError) as error:
            raise EvidenceUnavailable(error) from error

    def path(self, sha256: str) -> None:
        """None: the file lies on the server."""
        key_of(sha256)

    def presign(self, sha256: str, expires: timedelta) -> str:
        """See `EvidenceStore.presign`."""
        return obstore.sign(self._bucket, "GET", key_of(sha256), expires)
