"""Passages by their words: BM25 by tantivy, a cache of what the database holds."""
