"""The business, pure: cases, promises, queue, dial gate, scripts, money, dates, wire."""
