"""Question to answers, each a verbatim span of an article: knows nothing of HTTP."""
