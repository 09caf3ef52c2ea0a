"""Passages and answers for frameworks: each in its own words, and never more than what stands in an article."""
