"""Web archives, ISO 28500, to drafts: records, what servers sent, and the pages in it."""
