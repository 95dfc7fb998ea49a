"""Tables of this domain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, UtcDateTime


class Workbook(Base):
    """An accepted workbook; its file lies in ``workbooks/<id>/<file_name>`` of the data folder and never changes."""

    __tablename__ = "workbooks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    edited_from: Mapped[str | None] = mapped_column(String(32), ForeignKey("workbooks.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
