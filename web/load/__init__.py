"""A running server under load: how much it holds, how fast, and what it does beyond that."""
