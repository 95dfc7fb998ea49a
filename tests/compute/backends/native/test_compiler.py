"""What a processor must have before code is written for it."""

from __future__ import annotations

import ctypes.util

import pytest

from compute.backends.native import NotNative
from compute.backends.native.compiler import demand_fused_products


@pytest.mark.parametrize(("features", "architecture"), [({"fma": True}, "x86_64"), ({"neon": True}, "aarch64")])
def test_a_processor_with_fused_products_needs_nothing(
    features: dict[str, bool], architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    demand_fused_products(features, architecture)


def test_without_them_and_without_a_library_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    with pytest.raises(NotNative, match="fused multiply-add"):
        demand_fused_products({"sse2": True, "fma": False}, "x86_64")


def test_a_library_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: "libnowhere.so.9")
    with pytest.raises(NotNative, match=r"libnowhere\.so\.9"):
        demand_fused_products({"fma": False}, "AMD64")
