"""PDF files to drafts, read as a reader reads a page."""
