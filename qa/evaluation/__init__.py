"""How good it is, and how fast. The way of an evaluation through the files:

commands.py → questions/ (a set and its collection) → read.py, retrieve.py or ask.py (the program does it) → measures/ →
reading.py, retrieval.py or answering.py (figures) → results/ (JSON, tables, plots, pages). tune.py and laboratory.py
vary the program, explain.py says where an answer was lost, speed/ is `pressmark benchmark`.
"""
