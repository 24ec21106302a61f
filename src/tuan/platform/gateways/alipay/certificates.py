"""Alipay's numbers of certificates, by `cryptography`: the client library makes them with calls that are on their way out."""

import re
from hashlib import md5
from typing import Any

from alipay import DCAliPay  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

PARTS = (("CN", NameOID.COMMON_NAME), ("OU", NameOID.ORGANIZATIONAL_UNIT_NAME), ("O", NameOID.ORGANIZATION_NAME),
         ("C", NameOID.COUNTRY_NAME))  # fmt: skip
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
RSA = "1.2.840.113549.1.1."
"""What the numbers of RSA's signature algorithms begin with; the root file has others too, which do not count."""


def number_of(certificate: x509.Certificate) -> str:
    """MD5 over issuer and serial number, which is a name and no protection."""
    names = []
    for part, oid in PARTS:
        found = certificate.issuer.get_attributes_for_oid(oid)
        names.append(f"{part}={str(found[0].value) if found else None}")
    return md5(f"{','.join(names)}{certificate.serial_number}".encode(), usedforsecurity=False).hexdigest()


class CertifiedAlipay(DCAliPay):  # type: ignore[misc]
    """The library's client, with the numbers made here."""

    def __init__(self, **account: Any) -> None:
        super().__init__(**account)
        self._app_cert_sn = number_of(x509.load_pem_x509_certificate(account["app_public_key_cert_string"].encode()))
        roots = [
            x509.load_pem_x509_certificate(found.encode())
            for found in CERTIFICATE.findall(account["alipay_root_cert_string"])
        ]
        numbers = [number_of(one) for one in roots if one.signature_algorithm_oid.dotted_string.startswith(RSA)]
        self._alipay_root_cert_sn = "_".join(numbers)

    def load_alipay_public_key_string(self) -> str:
        certificate = x509.load_pem_x509_certificate(self._alipay_public_key_cert_string.encode())
        return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
