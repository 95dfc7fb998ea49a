"""SIPmath 3.0 libraries (ProbabilityManagement.org): read, drawn from, and written from simulation results.

read_library → draw            a library's variables as trials
MetalogSip.law                 one variable as a law of ours
trials_library                 results with every trial → JSON text
metalog_library                results as metalogs and a Gaussian copula → JSON text
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compute.on_demand import on_demand

if TYPE_CHECKING:
    from compute.sipmath.draws import draw, order_of, uniforms_of
    from compute.sipmath.errors import LibraryError
    from compute.sipmath.export import metalog_library, trials_library
    from compute.sipmath.hdr import hdr_uniforms
    from compute.sipmath.library import ArraySip, MetalogSip, SipLibrary, read_library
else:
    __getattr__ = on_demand(
        __name__,
        {
            "draws": "draw order_of uniforms_of",
            "errors": "LibraryError",
            "export": "metalog_library trials_library",
            "hdr": "hdr_uniforms",
            "library": "ArraySip MetalogSip SipLibrary read_library",
        },
    )

__all__ = [
    "ArraySip",
    "LibraryError",
    "MetalogSip",
    "SipLibrary",
    "draw",
    "hdr_uniforms",
    "metalog_library",
    "order_of",
    "read_library",
    "trials_library",
    "uniforms_of",
]
