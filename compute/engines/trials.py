"""Every trial of a run as one Parquet file: written row group by row group, read column by column.

The only place that knows pyarrow. A file has one row per iteration; what its columns and its metadata are is told in
docs/trials.md. Samples that are errors are null, and their codes lie in a column of their own beside them.
"""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from compute.analysis import LEAF
from compute.errors import CODES_BY_TEXT, ErrorCode
from compute.records import dataclass
from compute.values import Codes, Floats

FORMAT = 1
ITERATION, SIMULATION = "iteration", "simulation"
MOST_ROWS = 32 * LEAF
"""Iterations in a row group; fewer where many columns would make it larger than ``GROUP_BYTES``."""
GROUP_BYTES = 48 * 2**20
# So few distinct values in the first leaf are worth a dictionary.
_FEW = 256
_ERROR_TEXTS = [code.text for code in ErrorCode]
_ERROR_TYPE = pa.dictionary(pa.int8(), pa.string())


@dataclass(frozen=True, slots=True)
class TrialColumn:
    """One output or input of a run; ``title`` is its column's name in the file, ``error_title`` that of its errors."""

    kind: Literal["output", "input"]
    key: str
    name: str | None
    cell: str
    title: str
    error_title: str
    law: str | None = None
    number_format: str | None = None


def titles(names: Sequence[str]) -> list[tuple[str, str]]:
    """Names of columns, and of their errors, of which no two are alike but for upper and lower case.

    ``Price`` that is there twice becomes ``Price`` and ``Price (2)``; its errors are in ``Price error``.
    """
    taken, found = {ITERATION, SIMULATION}, []
    for name in names:
        title, number = name, 1
        while taken & {title.casefold(), f"{title} error".casefold()}:
            number += 1
            title = f"{name} ({number})"
        taken |= {title.casefold(), f"{title} error".casefold()}
        found.append((title, f"{title} error"))
    return found


def group_rows(variables: int) -> int:
    """Iterations per row group of a file of so many variables: whole leaves, a function of their number alone."""
    return int(min(MOST_ROWS, max(1, GROUP_BYTES // (9 * max(1, variables)) // LEAF) * LEAF))


@dataclass(slots=True)
class TrialsWriter:
    """Writes one file. Iterations come in their order, a row group at a time, all of them but the last of one length.

    The file is complete once ``finish`` is done; whoever gives up calls ``abandon`` and removes it. Both raise OSError.
    """

    path: Path
    columns: Sequence[TrialColumn]
    simulation: int = 1
    _writer: Any = field(default=None, init=False)
    _with_errors: set[int] = field(default_factory=set, init=False)
    _few: list[str] = field(default_factory=list, init=False)
    _late: dict[int, dict[int, bytes]] = field(default_factory=dict, init=False)
    _groups: int = field(default=0, init=False)

    def write(self, start: int, values: Floats, codes: Codes) -> None:
        """Writes the iterations from ``start`` on; shapes (columns, iterations)."""
        failing = {i for i in range(len(self.columns)) if codes[i].any()}
        if self._writer is None:
            self._with_errors = failing
            self._few = [c.title for c, v in zip(self.columns, values, strict=True) if _is_few(v)]
            self._writer = self._opened(self.path)
        for i in failing - self._with_errors:
            self._late.setdefault(self._groups, {})[i] = zlib.compress(codes[i].tobytes(), 1)
        self._writer.write_table(self._table(start, values, codes), row_group_size=values.shape[1])
        self._groups += 1

    def finish(self, metadata: Mapping[str, str]) -> None:
        """Completes the file; columns whose first error came late get their column of errors by one more pass."""
        metadata = {**metadata, "montecell.columns": self._description()}
        if self._late:
            self._writer.close()
            self._rewrite()
        self._writer.add_key_value_metadata(metadata)
        self._writer.close()
        self._writer = None
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        pa.default_memory_pool().release_unused()

    def abandon(self) -> None:
        """Lets go of the file, complete or not."""
        if self._writer is not None:
            # On a full disk the footer cannot be written either.
            with contextlib.suppress(OSError, pa.ArrowException):
                self._writer.close()
            self._writer = None

    def _description(self) -> str:
        late = {i for group in self._late.values() for i in group}
        entries = []
        for i, column in enumerate(self.columns):
            entry = asdict(column)
            if i not in self._with_errors | late:
                del entry["error_title"]
            entries.append({k: v for k, v in entry.items() if v is not None})
        return json.dumps({"format": FORMAT, "columns": entries}, ensure_ascii=False)

    def _opened(self, path: Path) -> Any:
        errors = [self.columns[i].error_title for i in sorted(self._with_errors)]
        return pq.ParquetWriter(
            path, self._schema(), version="2.6", compression="snappy", write_statistics=True,
            use_dictionary=[SIMULATION, *self._few, *errors],
        )  # fmt: skip

    def _schema(self) -> pa.Schema:
        fields = [pa.field(SIMULATION, pa.int32(), nullable=False), pa.field(ITERATION, pa.int32(), nullable=False)]
        for i, column in enumerate(self.columns):
            details = {k: v for k, v in asdict(column).items() if v is not None and "title" not in k}
            fields.append(pa.field(column.title, pa.float64(), metadata=details))
            if i in self._with_errors:
                fields.append(pa.field(column.error_title, _ERROR_TYPE))
        return pa.schema(fields)

    def _table(self, start: int, values: Floats, codes: Codes) -> pa.Table:
        rows = values.shape[1]
        arrays = [
            pa.array(np.full(rows, self.simulation, np.int32)),
            pa.array(np.arange(start + 1, start + rows + 1, dtype=np.int32)),
        ]
        for i, (samples, errors) in enumerate(zip(values, codes, strict=True)):
            missing = np.isnan(samples)
            arrays.append(pa.array(samples, mask=missing if missing.any() else None))
            if i in self._with_errors:
                arrays.append(_error_array(errors))
        return pa.Table.from_arrays(arrays, schema=self._schema())

    def _rewrite(self) -> None:
        """The file once more, with a column of errors for every variable that has some."""
        early = set(self._with_errors)
        self._with_errors = early | {i for group in self._late.values() for i in group}
        first = self.path.with_suffix(".first")
        self.path.replace(first)
        self._writer = self._opened(self.path)
        schema = self._schema()
        with pq.ParquetFile(first) as source:
            for group in range(self._groups):
                table = source.read_row_group(group, use_threads=False)
                late = self._late.get(group, {})
                for i in sorted(self._with_errors - early):
                    raw = zlib.decompress(late[i]) if i in late else bytes(table.num_rows)
                    errors = _error_array(np.frombuffer(raw, np.uint8))
                    table = table.append_column(self.columns[i].error_title, errors)
                self._writer.write_table(table.select(schema.names).cast(schema), row_group_size=table.num_rows)
        first.unlink()


def _is_few(values: Floats) -> bool:
    leaf = values[:LEAF]
    return bool(np.unique(leaf[~np.isnan(leaf)]).size <= min(_FEW, leaf.size // 8))


def _error_array(codes: Codes) -> pa.Array:
    indices = pa.array(codes.astype(np.int8) - 1, type=pa.int8(), mask=codes == 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(_ERROR_TEXTS))


@dataclass(slots=True)
class TrialsFile:
    """A finished file, opened anew for every column, so that it may be moved; ``before_reading`` may raise."""

    path: Path
    before_reading: Callable[[], None] | None = None

    def metadata(self) -> dict[str, str]:
        """What the run wrote into the file beside the samples. Raises OSError and ValueError for another file."""
        with _opened(self.path) as file:
            found = file.schema_arrow.metadata or {}
            texts = {**found, **(file.metadata.metadata or {})}
        return {k.decode(): v.decode() for k, v in texts.items() if k.startswith(b"montecell.")}

    def columns(self) -> tuple[TrialColumn, ...]:
        """The outputs and inputs that the file holds. Raises ValueError for a file that no run wrote."""
        text = self.metadata().get("montecell.columns")
        if text is None:
            raise ValueError(f"{self.path} is no file of trials that Montecell wrote")
        entries = json.loads(text)["columns"]
        return tuple(TrialColumn(**{"name": None, "error_title": "", **entry}) for entry in entries)

    def samples(self, column: TrialColumn) -> Floats:
        """A variable's samples in the order of iterations, NaN where there is none."""
        if self.before_reading is not None:
            self.before_reading()
        with _opened(self.path) as file:
            found = np.empty(file.metadata.num_rows)
            for where, part in _parts(file, column.title):
                found[where] = part.to_numpy(zero_copy_only=False)
        return found

    def codes(self, column: TrialColumn) -> Codes:
        """The error of each iteration, 0 for none."""
        with _opened(self.path) as file:
            found = np.zeros(file.metadata.num_rows, np.uint8)
            if column.error_title in file.schema_arrow.names:
                for where, part in _parts(file, column.error_title):
                    table = np.array([0, *(CODES_BY_TEXT[t] for t in part.dictionary.to_pylist())], np.uint8)
                    found[where] = table[part.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp) + 1]
        return found


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except pa.ArrowInvalid as problem:
        raise ValueError(f"{path} is no Parquet file, or a damaged one: {problem}") from problem


def _parts(file: Any, title: str) -> Iterator[tuple[slice, Any]]:
    """One column, piece by piece, with the rows that each piece covers."""
    start = 0
    for group in range(file.num_row_groups):
        # Names with a full stop may bring others with them, of which the one that was asked for is picked.
        table = file.read_row_group(group, columns=[title], use_threads=False)
        for part in table.column(title).chunks:
            yield slice(start, start + len(part)), part
            start += len(part)
