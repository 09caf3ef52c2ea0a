"""How good it is, and how fast. The way of an evaluation through the files:

commands.py → questions/ (a set and its collection) → reading_runs.py, retrieval_runs.py or answer_runs.py (the program
does it) → measures/ → reading_figures.py, retrieval_figures.py or answer_figures.py → results/ (JSON, tables, plots,
pages). bench.py is the program as it is set, tune.py and ablation_runs.py vary it, speed/ is `pressmark benchmark`.
"""
