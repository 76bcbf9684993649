"""Sample data for the demonstration: invented people, invented customers, invented weeks of work.

Telephone numbers are from ranges set aside for fiction (North America 555-01xx, London 7946 0xxx), and in China from
174 05, which no subscriber has; they are valid for every check all the same.
"""

from server.seed.demo import DEMO_PASSWORD, demo_logins, seed_demo

__all__ = ["DEMO_PASSWORD", "demo_logins", "seed_demo"]
