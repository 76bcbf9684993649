"""The house's documents: what differs between two versions."""

from domain.house.differing import differences

__all__ = ["differences"]
