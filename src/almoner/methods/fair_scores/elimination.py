"""The linear algebra of the fit: M = D Z'Z D + I, factorised at a cost by levels.

Z'Z counts ratings by pairs of levels, and D holds a term's relative standard deviation on each of
its levels. A family of terms whose joint block of Z'Z falls into small blocks (a root term and all
terms nested in it) is eliminated block by block; the rest is factorised as one dense matrix.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from scipy.linalg import blas, lapack

from almoner.methods.fair_scores.statistics import (
    FairScoreError,
    Floats,
    Integers,
    Statistics,
    nested,
)

DENSE_LEVELS = 20_000  # 3.2 GB a matrix, and two are held
CHUNK = 2_000_000  # numbers worked on at once
# A number scattered to a random place costs as much as this many multiplications of a dense
# product; only speed hangs on it.
SCATTER_COST = 200


@dataclass(frozen=True)
class _Chunk:
    """Blocks of equal size. `columns` are those of the rest that a block meets; None: all."""

    rows: slice
    inner: Floats  # blocks x size x size
    columns: Integers | None  # blocks x width, padded with the number of a column of zeros
    outer: Floats | sp.csr_array  # blocks x size x width, or all rows of the chunk x rest


def family(statistics: Statistics, terms: Sequence[int]) -> list[int]:
    """The terms to eliminate, their root first: those that leave the least work."""
    sizes = {term: len(statistics.factors[term].parts) for term in terms}
    best: tuple[float, list[int]] = (np.inf, [])
    for root in terms:
        members = [root] + [
            term for term in terms if term != root and nested(statistics, term, root)
        ]
        block = np.ones(sizes[root])
        for member in members[1:]:
            block += np.diff(statistics.crossed(root, member).indptr)
        rest = sum(sizes[term] for term in terms if term not in members)
        best = min(best, (float((block**3).sum() + 2.0 * rest**3), members))
    return best[1]


class Elimination:
    """The pattern of M for some terms, prepared once and factorised for many deviations."""

    def __init__(self, statistics: Statistics, terms: Sequence[int]) -> None:
        members = family(statistics, terms)
        rest = [term for term in terms if term not in members]
        sizes = {term: len(statistics.factors[term].parts) for term in terms}
        self.first = sum(sizes[term] for term in members)
        self.rest = sum(sizes[term] for term in rest)
        if self.rest > DENSE_LEVELS:
            names = ", ".join(f"{statistics.factors[term].name} ({sizes[term]:,})" for term in rest)
            raise FairScoreError(
                f"{self.rest:,} levels of {names} cross one another, and at most {DENSE_LEVELS:,} "
                "can be fitted beside the largest term: leave out the term with the most levels"
            )
        ordered = members + rest
        blocks = [[statistics.crossed(i, j) for j in ordered] for i in ordered]
        counted = sp.csr_array(sp.block_array(blocks) if ordered else (0, 0))
        block = np.concatenate(
            [statistics.crossed(term, members[0]).indices for term in members]
            or [np.empty(0, np.int64)]
        )
        order, self._chunks = _chunks(counted, block, self.first, self.rest)
        starts = np.cumsum([0, *(sizes[term] for term in ordered)])
        place = np.empty(self.first + self.rest, np.int64)
        place[np.concatenate([order, np.arange(self.first, self.first + self.rest)])] = np.arange(
            self.first + self.rest
        )
        self.place = {
            term: place[start : start + sizes[term]]
            for term, start in zip(ordered, starts[:-1], strict=True)
        }
        """Where the levels of each term stand in the vectors of this object."""
        back = np.argsort(place, kind="stable")
        self.counted = sp.csr_array(counted[back][:, back])
        self.outer = sp.csr_array(self.counted[: self.first, self.first :])

    def factorise(self, deviations: Floats) -> "Factorised":
        """M for the relative standard deviations, one a level in the order of `place`."""
        return Factorised(self, self._chunks, deviations)


def _chunks(
    counted: sp.csr_array, block: Integers, first: int, rest: int
) -> tuple[Integers, list[_Chunk]]:
    """The order of the eliminated levels, and their blocks in chunks of equal size."""
    sizes = np.bincount(block)
    by_block = np.argsort(block, kind="stable")
    members = sp.csr_array(
        (np.ones(first), by_block, np.concatenate([[0], np.cumsum(sizes)])),
        shape=(len(sizes), first),
    )
    outer = sp.csr_array(counted[:first, first:])
    met = sp.csr_array(members @ outer)
    met.sort_indices()
    widths = np.diff(met.indptr)
    ranked = np.lexsort((widths, sizes))
    begin = np.concatenate([[0], np.cumsum(sizes)])
    order: list[Integers] = []
    chunks: list[_Chunk] = []
    row = 0
    for part in _parts(ranked, sizes, widths):
        size, width = int(sizes[part[0]]), int(widths[part].max(initial=0))
        rows = by_block[begin[part][:, None] + np.arange(size)].ravel()
        within = slice(row, row + len(rows))
        row = within.stop
        order.append(rows)
        inner = _inner(counted, rows, len(part), size)
        if width * width * SCATTER_COST > size * rest * rest:
            chunks.append(_Chunk(within, inner, None, sp.csr_array(outer[rows])))
            continue
        columns = np.full((len(part), width), rest, np.int64)
        held = np.arange(width) < widths[part][:, None]
        columns[held] = sp.csr_array(met[part]).indices
        local = _local(outer, rows, columns, size)
        chunks.append(_Chunk(within, inner, columns, local))
    return np.concatenate(order) if order else np.empty(0, np.int64), chunks


def _parts(ranked: Integers, sizes: Integers, widths: Integers) -> Iterator[Integers]:
    """Runs of blocks of one size and of about one width, none too large to be held."""
    start = 0
    while start < len(ranked):
        size, width = sizes[ranked[start]], widths[ranked[start]]
        ahead = ranked[start:]
        alike = (sizes[ahead] == size) & (widths[ahead] <= 1.25 * width + 4)
        length = int(np.argmin(alike)) if not alike.all() else len(ahead)
        most = int(1.25 * width + 4)
        length = min(length, max(1, CHUNK // max(most * most, most * int(size), 1)))
        yield ranked[start : start + length]
        start += length


def _inner(counted: sp.csr_array, rows: Integers, blocks: int, size: int) -> Floats:
    """The blocks of `counted` on the diagonal, for rows that come block by block."""
    found = np.zeros((blocks, size, size))
    local = np.full(counted.shape[0], -1, np.int64)
    local[rows] = np.arange(len(rows))
    taken = sp.coo_array(counted[rows])
    there = local[taken.col]
    inside = (there >= 0) & (there // size == taken.row // size)
    row = taken.row[inside]
    found[row // size, row % size, there[inside] % size] = taken.data[inside]
    return found


def _local(outer: sp.csr_array, rows: Integers, columns: Integers, size: int) -> Floats:
    """Rows of `outer` on the columns that their block meets."""
    blocks, width = columns.shape
    found = np.zeros((blocks, size, width))
    taken = sp.coo_array(outer[rows])
    block = taken.row // size
    span = outer.shape[1] + 1
    keys = (np.arange(blocks)[:, None] * span + columns).ravel()
    at = np.searchsorted(keys, block.astype(np.int64) * span + taken.col) - block * width
    found[block, taken.row % size, at] = taken.data
    return found


class Factorised:
    """M factorised: its log determinant, solutions with it, and the diagonal of its inverse."""

    def __init__(self, plan: Elimination, chunks: Sequence[_Chunk], deviations: Floats) -> None:
        self._plan, self._chunks, self._deviations = plan, chunks, deviations
        self._own = deviations[: plan.first]
        self._other = np.append(deviations[plan.first :], 0.0)
        self._inverses: list[Floats] = []
        q = plan.rest
        schur = np.zeros((q + 1, q + 1))
        schur[:q, :q] = plan.counted[plan.first :, plan.first :].toarray()
        schur *= self._other[:, None] * self._other
        schur[np.arange(q), np.arange(q)] += 1.0
        dense = np.asfortranarray(schur[:q, :q])
        flat = np.zeros((q + 1) ** 2)
        self.log_determinant = 0.0
        for chunk in chunks:
            inverse, log_determinant = self._inverse(chunk)
            self.log_determinant += log_determinant
            self._inverses.append(inverse)
            if q == 0:
                continue
            if chunk.columns is None:
                half = np.linalg.cholesky(inverse).transpose(0, 2, 1)
                left = (half @ self._outer(chunk)).reshape(-1, q)
                dense = blas.dsyrk(-1.0, left.T, beta=1.0, c=dense, trans=0, lower=1, overwrite_c=1)
            else:
                outer = self._outer(chunk)
                product = outer.transpose(0, 2, 1) @ (inverse @ outer)
                np.add.at(flat, self._places(chunk.columns), product.ravel())
        dense -= flat.reshape(q + 1, q + 1)[:q, :q]
        self.lower, failed = lapack.dpotrf(dense, lower=1, clean=1, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError("the rest of M is not positive definite")
        self.log_determinant += 2.0 * float(np.log(np.diagonal(self.lower)).sum())

    def _inverse(self, chunk: _Chunk) -> tuple[Floats, float]:
        size = chunk.inner.shape[1]
        own = self._own[chunk.rows].reshape(-1, size)
        block = chunk.inner * own[:, :, None] * own[:, None, :]
        block[:, np.arange(size), np.arange(size)] += 1.0
        if size == 1:
            return 1.0 / block, float(np.log(block).sum())
        half = np.linalg.cholesky(block)
        diagonal = np.diagonal(half, axis1=1, axis2=2)
        return np.asarray(np.linalg.inv(block), np.float64), 2.0 * float(np.log(diagonal).sum())

    def _places(self, columns: Integers) -> Integers:
        """Where pairs of a block's columns stand in the rest, padded and made flat."""
        pairs: Integers = columns[:, :, None] * (self._plan.rest + 1) + columns[:, None, :]
        return pairs.ravel()

    def _outer(self, chunk: _Chunk) -> Floats:
        """D Z'Z D between the blocks of a chunk and the rest: blocks x size x width."""
        size = chunk.inner.shape[1]
        own = self._own[chunk.rows].reshape(-1, size, 1)
        if chunk.columns is None:
            assert isinstance(chunk.outer, sp.csr_array)
            full = chunk.outer.toarray().reshape(-1, size, self._plan.rest)
            full *= self._other[:-1]
            full *= own
            return full
        assert isinstance(chunk.outer, np.ndarray)
        scaled: Floats = chunk.outer * own * self._other[chunk.columns][:, None, :]
        return scaled

    def solve(self, right: Floats) -> Floats:
        """M^-1 right, for columns in the order of the plan's places."""
        first, outer = self._plan.first, self._plan.outer
        own, other = self._own[:, None], self._other[:-1, None]
        upper = self._blockwise(right[:first])
        if self._plan.rest == 0:
            return upper
        below = right[first:] - other * (outer.T @ (own * upper))
        below, _ = lapack.dpotrs(self.lower, below, lower=1)
        upper = upper - self._blockwise(own * (outer @ (other * below)))
        return np.concatenate([upper, below])

    def _blockwise(self, right: Floats) -> Floats:
        solved = np.empty_like(right)
        for chunk, inverse in zip(self._chunks, self._inverses, strict=True):
            size = inverse.shape[1]
            part = right[chunk.rows].reshape(-1, size, right.shape[1])
            solved[chunk.rows] = (inverse @ part).reshape(-1, right.shape[1])
        return solved

    @cached_property
    def rest_inverse(self) -> Floats:
        """The rest's block of M^-1, with a last row and column of zeros."""
        q = self._plan.rest
        padded = np.zeros((q + 1, q + 1))
        if q:
            half, _ = lapack.dpotri(self.lower, lower=1)
            padded[:q, :q] = half
            padded[:q, :q] += half.T
            padded[np.arange(q), np.arange(q)] /= 2.0
        return padded

    @cached_property
    def diagonal(self) -> Floats:
        """The diagonal of M^-1."""
        found = np.empty(self._plan.first + self._plan.rest)
        found[self._plan.first :] = np.diagonal(self.rest_inverse)[:-1]
        for chunk, inverse in zip(self._chunks, self._inverses, strict=True):
            spread = np.diagonal(inverse, axis1=1, axis2=2).copy()
            if self._plan.rest:
                left = inverse @ self._outer(chunk)
                if chunk.columns is None:
                    flat = left.reshape(-1, self._plan.rest)
                    half = blas.dtrsm(1.0, self.lower, flat.T, lower=1)
                    spread += (half * half).sum(0).reshape(spread.shape)
                else:
                    among = self.rest_inverse.take(self._places(chunk.columns))
                    among = among.reshape(len(left), left.shape[2], left.shape[2])
                    spread += ((left @ among) * left).sum(2)
            found[chunk.rows] = spread.ravel()
        return found

    def variances(self, combinations: sp.csr_array) -> Floats:
        """k' M^-1 k for each row k of a matrix of few numbers, in the order of the places."""
        first, rest = self._plan.first, self._plan.rest
        upper = sp.csr_array(combinations[:, :first])
        solved = upper
        if first:
            blocks = [inverse for chunk in self._inverses for inverse in chunk]
            solved = sp.csr_array(upper @ sp.csr_array(sp.block_diag(blocks)))
        found = np.asarray(solved.multiply(upper).sum(1)).ravel()
        if rest:
            scaled = sp.diags_array(self._own) @ self._plan.outer
            scaled = scaled @ sp.diags_array(self._other[:-1])
            below = sp.csr_array(combinations[:, first:] - solved @ scaled)
            inverse = self.rest_inverse[:rest, :rest]
            step = max(1, CHUNK // rest)
            for start in range(0, below.shape[0], step):
                part = sp.csr_array(below[start : start + step])
                found[start : start + step] += np.asarray(part.multiply(part @ inverse).sum(1))
        return np.asarray(found, np.float64)
