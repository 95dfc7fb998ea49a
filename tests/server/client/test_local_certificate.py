"""The certificate for localhost: trusted through its authority, for nothing but this machine."""

from __future__ import annotations

import datetime
import os
import socket
import ssl
import threading

import pytest
from cryptography import x509

from server.client import certificate

NOW = datetime.datetime.now(datetime.UTC)


def test_it_is_made_once(tmp_path):
    first = certificate.provide(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert certificate.provide(tmp_path) == first
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_server_certificate_is_renewed_under_the_same_authority(tmp_path):
    tls = certificate.provide(tmp_path, NOW)
    authority, server = tls.authority.read_bytes(), tls.certificate.read_bytes()
    certificate.provide(tmp_path, NOW + datetime.timedelta(days=380))
    assert tls.authority.read_bytes() == authority
    assert tls.certificate.read_bytes() != server


def test_a_damaged_certificate_is_replaced(tmp_path):
    tls = certificate.provide(tmp_path)
    tls.certificate.write_text("not a certificate")
    certificate.provide(tmp_path)
    assert x509.load_pem_x509_certificate(tls.certificate.read_bytes())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owner bits")
def test_keys_are_for_their_owner_only(tmp_path):
    certificate.provide(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")} == {0o600}


def handshake(tls, name: str) -> str:
    """Connect over TLS on the loopback and return the protocol that was agreed."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(tls.certificate, tls.key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    server_context.wrap_socket(connection, server_side=True).close()
                except (ssl.SSLError, OSError):
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            context = ssl.create_default_context(cafile=tls.authority)
            with (
                socket.create_connection(listener.getsockname()) as plain,
                context.wrap_socket(plain, server_hostname=name) as secure,
            ):
                return secure.version() or ""
        finally:
            thread.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_clients_that_trust_the_authority_connect(tmp_path, name):
    assert handshake(certificate.provide(tmp_path), name) == "TLSv1.3"


def test_it_vouches_for_no_other_name(tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(certificate.provide(tmp_path), "example.org")


def test_the_authority_may_sign_for_this_machine_only(tmp_path):
    authority = x509.load_pem_x509_certificate(certificate.provide(tmp_path).authority.read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert x509.DNSName("localhost") in (constraints.value.permitted_subtrees or ())


def test_how_to_trust_names_the_file(tmp_path):
    authority = certificate.provide(tmp_path).authority
    assert certificate.how_to_trust(authority).count(str(authority)) == 4
