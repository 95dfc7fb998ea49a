"""A certificate for https://localhost, signed by an authority that exists on this machine alone.

Excel loads add-ins over HTTPS only. Trusting the authority once is enough: it may sign for localhost and nothing else
(a name constraint, RFC 5280 section 4.2.1.10), and its key is readable by its owner only.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.client.launch import Tls

AUTHORITY_DAYS = 3650
# Apple's systems refuse server certificates that hold longer than 825 days.
SERVER_DAYS = 397
RENEW_DAYS = 30


def provide(folder: Path, now: datetime.datetime | None = None) -> Tls:
    """The certificate, key and authority in ``folder``; made when absent, renewed in their last month."""
    now = now or datetime.datetime.now(datetime.UTC)
    tls = Tls(folder / "localhost.crt", folder / "localhost.key", folder / "montecell-authority.crt")
    folder.mkdir(parents=True, exist_ok=True)
    authority_key = folder / "montecell-authority.key"
    if not (authority_key.exists() and _holds(tls.authority, now)):
        _make_authority(tls.authority, authority_key, now)
        tls.certificate.unlink(missing_ok=True)
    if not (tls.key.exists() and _holds(tls.certificate, now)):
        _make_server(tls, authority_key, now)
    return tls


def _holds(path: Path, now: datetime.datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    return certificate.not_valid_after_utc - now > datetime.timedelta(days=RENEW_DAYS)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.unlink(missing_ok=True)
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:  # noqa: PTH123
        file.write(content)


def _builder(
    subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _make_authority(path: Path, key_path: Path, now: datetime.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    allowed = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.IPv4Network("127.0.0.1/32")),
        x509.IPAddress(ipaddress.IPv6Network("::1/128")),
    ]
    subject = "Montecell on this computer"
    certificate = (
        _builder(subject, _name(subject), key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=allowed, excluded_subtrees=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_path, key)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_server(tls: Tls, authority_key_path: Path, now: datetime.datetime) -> None:
    authority = x509.load_pem_x509_certificate(tls.authority.read_bytes())
    authority_key = serialization.load_pem_private_key(authority_key_path.read_bytes(), password=None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority_key_path} is not a key that this program made; delete it to get a new one")
    key = ec.generate_private_key(ec.SECP256R1())
    loopback = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1"))
    names = [x509.DNSName("localhost"), *(x509.IPAddress(address) for address in loopback)]
    certificate = (
        _builder("localhost", authority.subject, key, now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write_key(tls.key, key)
    tls.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def how_to_trust(authority: Path) -> str:
    """What a person does once, so that Excel and browsers trust the local server."""
    return (
        f"To let Excel and your browser trust it, trust this authority once: {authority}\n"
        f'  Windows: certutil -user -addstore Root "{authority}"\n'
        f'  macOS:   security add-trusted-cert -k ~/Library/Keychains/login.keychain-db "{authority}"\n'
        f'  Debian:  sudo cp "{authority}" /usr/local/share/ca-certificates/ && sudo update-ca-certificates'
    )
