"""Feeds: one ordered list of documents per agent, with a counter row that is locked until the writer commits.

Sequences as cursors lose entries, because a reader passes a number whose transaction has not committed yet; a counter
row makes the numbers of a feed become visible in their order.
"""
