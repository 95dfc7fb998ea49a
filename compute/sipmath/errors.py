"""What can be wrong with a SIPmath library."""

from __future__ import annotations

from compute.errors import SpecificationError


class LibraryError(SpecificationError):
    """A library that cannot be read, or that asks for something that is not supported; names the part."""

    code = "sipmath.library"
