"""Signed archives: a zip of files, a list of their SHA-256 hashes, and an Ed25519 signature of that list.

Whoever has the archive needs no program of ours to read it: `SHA256SUMS` is what sha256sum writes, and openssl verifies its
signature with `public.pem`. That this key is the market's own, its fingerprint says, which the market tells on another way.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

SUMS, SIGNATURE, PUBLIC = "SHA256SUMS", "SHA256SUMS.sig", "public.pem"
LONGEST_BYTES = 256 * 2**20
"""Unpacked; more is not looked at."""
FILES_MAX = 100
NO_TIME = (1980, 1, 1, 0, 0, 0)
"""When a file of the archive was made stands in its contents; the same contents make the same archive."""


class SealBroken(ValueError):
    """The archive is not as it was signed; the message says where."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a signed archive holds: its files by name, and the fingerprint of the key that signed it."""

    files: Mapping[str, bytes]
    key: str


def key_of(secret: bytes, market: int) -> Ed25519PrivateKey:
    """A market's signing key, made from the installation's secret: it is nowhere stored, and a backup brings it back."""
    info = f"signed archives of market {market}".encode()
    return Ed25519PrivateKey.from_private_bytes(HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(secret))


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the public key's PEM file, in hexadecimal: what `sha256sum public.pem` says."""
    return hashlib.sha256(_pem(key)).hexdigest()


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def seal(files: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """The archive of these files; the same files and key make the same bytes."""
    assert not {SUMS, SIGNATURE, PUBLIC} & files.keys()
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    everything = {**files, SUMS: sums, SIGNATURE: key.sign(sums), PUBLIC: _pem(key.public_key())}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(everything):
            archive.writestr(zipfile.ZipInfo(name, NO_TIME), everything[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def open_sealed(raw: bytes) -> Sealed:
    """The files of an archive that is whole and signed by the key it names. Raises SealBroken."""
    files = _unpacked(raw)
    try:
        sums, signature, pem = files.pop(SUMS), files.pop(SIGNATURE), files.pop(PUBLIC)
        key = load_pem_public_key(pem)
        if not isinstance(key, Ed25519PublicKey):
            raise SealBroken("the key is of another kind than Ed25519")
        key.verify(signature, sums)
        listed = {name: digest for digest, _, name in (line.partition("  ") for line in sums.decode().splitlines())}
    except (KeyError, ValueError) as error:
        raise SealBroken(f"no list of hashes, signature or key that can be read: {error}") from error
    except InvalidSignature as error:
        raise SealBroken("the list of hashes is not what was signed") from error
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if wrong := sorted(name for name in found.keys() | listed.keys() if found.get(name) != listed.get(name)):
        raise SealBroken(f"not as they were signed: {', '.join(wrong)}")
    return Sealed(files, hashlib.sha256(pem).hexdigest())


def _unpacked(raw: bytes) -> dict[str, bytes]:
    """What is said of sizes is looked at before anything is unpacked, and what is unpacked is bounded all the same."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > FILES_MAX or sum(part.file_size for part in parts) > LONGEST_BYTES:
                raise SealBroken("too large to be a report")
            if len({part.filename for part in parts}) != len(parts):
                raise SealBroken("a name stands in it twice")
            return {part.filename: archive.read(part) for part in parts}
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:  # whatever a broken zip makes the reader raise
        raise SealBroken("no zip archive that can be read") from error
