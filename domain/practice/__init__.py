"""Rehearsing calls: invented customers as data, what they say to each step, and how a rehearsed call was."""

from domain.practice.persona import Persona, Reply, parse_persona, personas
from domain.practice.rehearsal import Rehearsal
from domain.practice.scoring import Mark, Record, Score, score

__all__ = ["Mark", "Persona", "Record", "Rehearsal", "Reply", "Score", "parse_persona", "personas", "score"]
