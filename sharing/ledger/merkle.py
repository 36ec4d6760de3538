"""The Merkle tree of RFC 6962: hashes, a frontier that grows in O(log n), and proofs.

Trees are given as sequences of leaf hashes. Proof verifiers follow RFC 9162 sections 2.1.3.2 and
2.1.4.2 and never raise: what is wrong, too short, too long or of another size is just not a proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.errors import InvalidInput

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
_SIZE_BYTES = 8


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """What a whole log comes down to: how many entries, and the root over all of them.

    `frontier`, where known, is what the root was computed from. It is no part of what the head
    says, but traces a difference to a part of the log.
    """

    size: int
    root: bytes
    frontier: bytes | None = field(default=None, compare=False, repr=False)


class Frontier:
    """The right edge of a tree: the roots of its perfect subtrees, largest first.

    There is one peak for each 1 bit of `size`, so the tree need not be kept to grow it.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @property
    def size(self) -> int:
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Take one more leaf hash."""
        node, full = leaf, self._size
        while full & 1:
            node = node_hash(self._peaks.pop(), node)
            full >>= 1
        self._peaks.append(node)
        self._size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY_ROOT
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root

    def head(self) -> Head:
        return Head(self._size, self.root(), self.to_bytes())

    def to_bytes(self) -> bytes:
        """Eight bytes of size, big-endian, then the peaks."""
        return self._size.to_bytes(_SIZE_BYTES) + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Read what `to_bytes` wrote. Raises InvalidInput when size and peaks do not fit."""
        frontier = cls()
        frontier._size = int.from_bytes(data[:_SIZE_BYTES])
        if len(data) != _SIZE_BYTES + frontier._size.bit_count() * HASH_SIZE:
            raise InvalidInput(f"{len(data)} bytes are no frontier of {frontier._size} leaves")
        frontier._peaks = [
            data[start : start + HASH_SIZE] for start in range(_SIZE_BYTES, len(data), HASH_SIZE)
        ]
        return frontier


def peak_spans(size: int) -> list[range]:
    """The leaves under each peak of a frontier of `size` leaves, largest first."""
    spans, start = [], 0
    for bit in reversed(range(size.bit_length())):
        if size >> bit & 1:
            spans.append(range(start, start + (1 << bit)))
            start += 1 << bit
    return spans


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in one pass and O(log n) memory."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """PATH(index, leaves) of RFC 6962 section 2.1.1: the siblings on the way up, lowest first.

    Raises InvalidInput when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise InvalidInput(f"a tree of {len(leaves)} leaves has no leaf {index}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return (*inclusion_proof(left, index), root_of(right))
    return (*inclusion_proof(right, index - split), root_of(left))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """PROOF(old_size, leaves) of RFC 6962 section 2.1.2.

    Raises InvalidInput unless 0 < old_size <= len(leaves): every log continues the empty one, so
    there is nothing to prove about it.
    """
    if not 0 < old_size <= len(leaves):
        raise InvalidInput(f"a tree of {len(leaves)} leaves was never one of {old_size}")
    return _subproof(leaves, old_size, known=True)


def _subproof(leaves: Sequence[bytes], old_size: int, *, known: bool) -> tuple[bytes, ...]:
    """SUBPROOF; `known` while the old root is itself this subtree's, so it need not be sent."""
    if old_size == len(leaves):
        return () if known else (root_of(leaves),)
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return (*_subproof(left, old_size, known=known), root_of(right))
    return (*_subproof(right, old_size - split, known=False), root_of(left))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether `proof` shows that `leaf` is number `index` of the `size` leaves under `root`."""
    if not 0 <= index < size or not _are_hashes(leaf, *proof):
        return False
    node, path, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if path & 1 or path == last:
            node = node_hash(sibling, node)
            path, last = _skip_right_edge(path, last)
        else:
            node = node_hash(node, sibling)
        path, last = path >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the new tree only adds to the old one.

    False for an old size of 0: its root says nothing, so a caller decides about it elsewhere.
    """
    if not 0 < old_size <= new_size or not _are_hashes(*proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if not proof:
        return False
    path, last = old_size - 1, new_size - 1
    while path & 1:
        path, last = path >> 1, last >> 1
    # A perfect old tree is a node of the new one: its root is where both computations start.
    start, *rest = proof if path else (old_root, *proof)
    old_node = new_node = start
    for sibling in rest:
        if last == 0:
            return False
        if path & 1 or path == last:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
            path, last = _skip_right_edge(path, last)
        else:
            new_node = node_hash(new_node, sibling)
        path, last = path >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root


def _skip_right_edge(path: int, last: int) -> tuple[int, int]:
    """Pass the levels where a node on the right edge has no sibling and moves up unchanged."""
    while path and not path & 1:
        path, last = path >> 1, last >> 1
    return path, last


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
