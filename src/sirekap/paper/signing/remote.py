"""A remote signing service by the Cloud Signature Consortium's API (v1.0.4): the key never leaves the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sirekap.paper.awaiting import finished
from sirekap.paper.signing.errors import SigningError

if TYPE_CHECKING:
    from pyhanko.sign.signers.csc_signer import CSCCredentialInfo, CSCServiceSessionInfo


def csc_signer(url: str, credential: str, *, token: str, pin: str | None) -> Any:
    """pyHanko's signer over one credential of the service at ``url``.

    ``token``: OAuth bearer token; ``pin``: authorises each signature (``credentials/authorize``). Raises
    :class:`SigningError` when the service does not answer or names no certificate.
    """
    from pyhanko.sign.signers.csc_signer import CSCServiceSessionInfo

    service = CSCServiceSessionInfo(url.rstrip("/"), credential, oauth_token=token or None)
    return _signer(service, finished(_credential(service)), pin)


async def _credential(service: CSCServiceSessionInfo) -> CSCCredentialInfo:
    import aiohttp
    from pyhanko.sign.general import SigningError as Failed
    from pyhanko.sign.signers.csc_signer import fetch_certs_in_csc_credential

    try:
        async with aiohttp.ClientSession() as session:
            return await fetch_certs_in_csc_credential(session, service)
    except (Failed, aiohttp.ClientError, TimeoutError) as error:
        raise _no_service(error) from error


def _no_service(error: BaseException) -> SigningError:
    return SigningError(
        "service",
        f"Layanan tanda tangan tidak memberi tanda tangan ({error}). Periksa alamat, token, dan PIN, lalu ulangi.",
        f"The signing service gave no signature ({error}). Check its address, token and PIN, then repeat.",
    )


def _signer(service: CSCServiceSessionInfo, credential: CSCCredentialInfo, pin: str | None) -> Any:
    import aiohttp
    from pyhanko.sign.general import SigningError as Failed
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.signers.csc_signer import CSCAuthorizationInfo, CSCAuthorizationManager, CSCSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Authorised(CSCAuthorizationManager):
        """Asks the service for activation data, bound to the hash."""

        async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
            request = self.format_csc_auth_request(pin=pin, hash_b64s=hash_b64s)
            endpoint = service.endpoint_url("credentials/authorize")
            async with (
                aiohttp.ClientSession() as session,
                session.post(endpoint, headers=self.auth_headers, json=request, raise_for_status=True) as answer,
            ):
                return self.parse_csc_auth_response(await answer.json())

    class Remote(Signer):
        """One session of HTTP a signature, so that it may be used from several event loops."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            try:
                async with aiohttp.ClientSession() as session:
                    one = CSCSigner(session, Authorised(service, credential), embed_roots=False)
                    return bytes(await one.async_sign_raw(data, digest_algorithm, dry_run))
            except (Failed, aiohttp.ClientError, TimeoutError) as error:
                raise _no_service(error) from error

    chain = SimpleCertificateStore()
    chain.register_multiple(credential.chain)
    return Remote(signing_cert=credential.signing_cert, cert_registry=chain, embed_roots=False)
