"""Promises over all cases: what falls due, judging them day by day, the cash they let expect."""
