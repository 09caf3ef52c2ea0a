"""Files to articles: every kind that newsrooms keep, bounded and validated at this edge."""
